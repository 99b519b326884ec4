package dev.vitrine.viz.cli;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pictures in a folder and the folders in it, by their names' endings.
 *
 * @param files in the order of their names
 */
record PictureFolder(Path folder, List<Path> files) {
  private static final Pattern PICTURE = Pattern.compile(".*\\.(jpe?g|png|gif|bmp|webp)");

  /**
   * Looks into a folder.
   *
   * @param aside a folder in it that does not count: where results go
   * @throws BadInputException if it is no folder or has no pictures
   */
  static PictureFolder of(Path folder, Path aside) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException(
          folder
              + (Files.exists(folder)
                  ? ": a file, expected a folder of photographs"
                  : ": no such folder"));
    }
    Path results = aside.toAbsolutePath().normalize();
    try (Stream<Path> found = Files.walk(folder)) {
      List<Path> files =
          found
              .filter(f -> isPicture(folder.relativize(f)))
              .filter(f -> !f.toAbsolutePath().normalize().startsWith(results))
              .filter(Files::isRegularFile)
              .sorted(Comparator.comparing(f -> folder.relativize(f).toString()))
              .toList();
      if (files.isEmpty()) {
        throw new BadInputException(
            folder + ": no picture in it (jpg, png, gif, bmp, webp); name a folder of photographs");
      }
      return new PictureFolder(folder, files);
    } catch (UncheckedIOException | IOException e) {
      IOException cause = e instanceof UncheckedIOException u ? u.getCause() : (IOException) e;
      throw new BadInputException(folder + ": cannot be listed: " + cause.getMessage(), cause);
    }
  }

  /** By its ending; what is hidden does not count. */
  private static boolean isPicture(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    return PICTURE.matcher(relative.toString().toLowerCase(Locale.ROOT)).matches();
  }

  /** What results are called after the folder. */
  String stem() {
    Path name = folder.toAbsolutePath().normalize().getFileName();
    return name == null ? "folder" : name.toString();
  }

  /** A file as its name within the folder. */
  String name(int file) {
    return folder.relativize(files.get(file)).toString();
  }

  /** Changes with the files' names, sizes and times. */
  String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (int i = 0; i < files.size(); i++) {
        BasicFileAttributes a = Files.readAttributes(files.get(i), BasicFileAttributes.class);
        String line = name(i) + "\0" + a.size() + "\0" + a.lastModifiedTime() + "\n";
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new BadInputException(folder + ": changes while it is read; start again", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
