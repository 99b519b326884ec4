package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.Failure;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints the probe's lines as they come, each flushed, and remembers them. */
final class Report {
  private final PrintStream out;
  private final List<ProbeLine> lines = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  /** Prints a line; the text is a {@link String#format} pattern in the root locale. */
  void line(Section section, Verdict verdict, String text, Object... values) {
    add(
        new ProbeLine(
            section,
            verdict,
            values.length == 0 ? text : String.format(Locale.ROOT, text, values)));
  }

  synchronized void add(ProbeLine line) {
    lines.add(line);
    raw(line.toString());
  }

  /** Prints a line that is none of the probe's own, such as a library's warning. */
  synchronized void raw(String line) {
    out.println(line);
    out.flush();
  }

  synchronized List<ProbeLine> lines() {
    return List.copyOf(lines);
  }

  /** How many lines so far say that something is wrong, missing or left out. */
  synchronized long troubles() {
    return lines.stream()
        .filter(line -> line.verdict() != Verdict.OK && line.verdict() != Verdict.SUM)
        .count();
  }

  /** Runs one check; what it throws becomes a line, and the probe goes on. */
  void check(Section section, String subject, Check check) {
    try {
      check.run();
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      Verdict verdict = Failure.isMissing(e) ? Verdict.MISSING : Verdict.FAILED;
      line(section, verdict, "%s: %s", subject, oneLine(e));
    }
  }

  /** Why a check failed, in one line. */
  static String oneLine(Throwable failure) {
    return Failure.oneLine(failure, Report::advice);
  }

  private static String advice(String library) {
    if (library.startsWith("libcuda.so")) {
      return "this machine has no NVIDIA driver";
    }
    return library.startsWith("libcudnn")
        ? "install cuDNN 9, or name its folder with --libraries"
        : "install CUDA 12, name its folder with --libraries, or use rewritten natives for CUDA 13";
  }

  /** A check of the probe. */
  @FunctionalInterface
  interface Check {
    void run() throws Exception;
  }
}
