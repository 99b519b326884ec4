package dev.vitrine.kernels.played;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * Builds the program that plays a card: {@code src/test/cpp} and all kernels, by g++ with a
 * sanitizer. What has been built stays in {@code target} until a source changes.
 */
final class GridPlayer {
  private static final Path KERNELS = Path.of("src/main/resources/dev/vitrine/kernels");
  private static final Path PLAYER = Path.of("src/test/cpp");
  private static final Path TARGET = Path.of("target/player");
  private static final Pattern KERNEL = Pattern.compile("extern \"C\" __global__ void (\\w+)\\(");
  private static final String BARRIER = "__syncthreads";

  private GridPlayer() {}

  /**
   * The program.
   *
   * @throws TestAbortedException if this machine has no g++ that can build it
   */
  static synchronized Path build(Sanitizer sanitizer) {
    try {
      List<Path> sources = new ArrayList<>(files(KERNELS, ".cu"));
      sources.addAll(files(PLAYER, ".cu"));
      if (sanitizer == Sanitizer.THREAD) {
        sources = sources.stream().filter(GridPlayer::hasBarrier).toList();
      }
      String list = list(sources);
      List<String> command = command(sanitizer);
      Path folder = TARGET.resolve(hash(list, command));
      Path program = folder.resolve("player");
      if (!Files.isExecutable(program)) {
        tryCompiler(sanitizer);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("kernels.inc"), list);
        Path made = Files.createTempFile(folder, "player", "");
        command.addAll(List.of("-I", folder.toString(), "-o", made.toString()));
        command.add(PLAYER.resolve("player.cpp").toString());
        run(command);
        Files.move(made, program);
      }
      return program;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command(Sanitizer sanitizer) {
    List<String> command = new ArrayList<>(List.of("g++", "-std=c++20", "-O1", "-g1", "-pthread"));
    command.add("-fno-strict-aliasing"); // as nvcc: Lanes are read where floats were written
    command.addAll(sanitizer.flags());
    command.addAll(List.of("-I", KERNELS.toString()));
    return command;
  }

  /** C++ that includes the kernels and lists them. */
  private static String list(List<Path> sources) throws IOException {
    StringBuilder includes = new StringBuilder();
    StringBuilder kernels = new StringBuilder("const std::map<std::string, Kernel> KERNELS = {\n");
    for (Path header : files(KERNELS, ".cuh")) {
      includes.append("#include \"%s\"\n".formatted(header.toAbsolutePath()));
    }
    for (Path source : sources) {
      String file = source.getFileName().toString().replace(".cu", "");
      includes.append(
          "namespace %s_cu {\n#include \"%s\"\n}\n".formatted(file, source.toAbsolutePath()));
      Matcher kernel = KERNEL.matcher(Files.readString(source));
      while (kernel.find()) {
        kernels.append(
            "  {\"%1$s/%2$s\", kernel(%3$s, %1$s_cu::%2$s)},\n"
                .formatted(file, kernel.group(1), hasBarrier(source)));
      }
    }
    return includes + kernels.append("};\n").toString();
  }

  private static boolean hasBarrier(Path source) {
    try {
      return Files.readString(source).contains(BARRIER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder, String ending) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> f.getFileName().toString().endsWith(ending)).sorted().toList();
    }
  }

  private static String hash(String list, List<String> command) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((list + command).getBytes(UTF_8));
      for (Path folder : List.of(KERNELS, PLAYER)) {
        for (Path source : files(folder, "")) {
          if (Files.isRegularFile(source)) {
            digest.update(Files.readAllBytes(source));
          }
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Builds and runs the smallest program, to tell a missing sanitizer from a wrong kernel. */
  private static void tryCompiler(Sanitizer sanitizer) throws IOException {
    boolean installed =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
    if (!installed) {
      throw new TestAbortedException("g++ is not on the PATH: kernels are not played here");
    }
    Path folder = Files.createTempDirectory("vitrine-g++");
    Path source = folder.resolve("empty.cpp");
    Path program = folder.resolve("empty");
    try {
      Files.writeString(source, "#include <barrier>\nint main() { return 0; }\n");
      List<String> command = command(sanitizer);
      command.addAll(List.of("-o", program.toString(), source.toString()));
      run(command);
      run(List.of(program.toString()));
    } catch (AssertionError e) {
      throw new TestAbortedException(
          "g++ makes no program with %s here: kernels are not played: %s"
              .formatted(sanitizer.flags(), e.getMessage()));
    } finally {
      Files.deleteIfExists(source);
      Files.deleteIfExists(program);
      Files.deleteIfExists(folder);
    }
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + "\n" + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while g++ ran", e);
    }
  }
}
