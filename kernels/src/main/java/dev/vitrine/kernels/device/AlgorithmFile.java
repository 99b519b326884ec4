package dev.vitrine.kernels.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which algorithm each convolution uses, in a text file, so that the choice, and with it every bit
 * of the result, is the same tomorrow. Lines that nobody understands are left out.
 */
final class AlgorithmFile {
  /** What stands for a convolution without an algorithm. */
  static final int NONE = -1;

  private static final Pattern LINE = Pattern.compile("(.+) = (-?\\d{1,9})");

  private final Optional<Path> file;
  private final Map<String, Integer> known = new HashMap<>();

  /**
   * @param file need not be there yet; empty to remember for this process only
   */
  AlgorithmFile(Optional<Path> file) {
    this.file = file;
    file.ifPresent(f -> read(f, known));
  }

  /** The algorithm of a convolution, {@link #NONE} for none, or empty if nobody has looked yet. */
  Optional<Integer> find(String convolution) {
    return Optional.ofNullable(known.get(convolution));
  }

  /** Keeps a choice, in place of the one known here; what others wrote meanwhile stands. */
  void put(String convolution, int algorithm) {
    Integer before = known.get(convolution);
    file.ifPresent(f -> read(f, known));
    if (Objects.equals(known.get(convolution), before)) {
      known.put(convolution, algorithm);
    }
    file.ifPresent(this::write);
  }

  private void write(Path to) {
    StringBuilder lines = new StringBuilder();
    new TreeMap<>(known).forEach((k, v) -> lines.append(k).append(" = ").append(v).append('\n'));
    AtomicFile.write(to, lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void read(Path file, Map<String, Integer> into) {
    try {
      for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n")) {
        Matcher m = LINE.matcher(line);
        if (m.matches()) {
          into.put(m.group(1), Integer.valueOf(m.group(2)));
        }
      }
    } catch (IOException e) {
      // Not there yet, or not for us: algorithms are searched for again.
      return;
    }
  }
}
