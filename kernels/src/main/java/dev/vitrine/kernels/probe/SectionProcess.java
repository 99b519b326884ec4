package dev.vitrine.kernels.probe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs one section in a process of its own and passes its lines on as they come. */
final class SectionProcess {
  /** Seconds that a process has beyond its section's time before it is ended. */
  private static final double GRACE = 4;

  private final Section section;
  private final ProbeSettings settings;

  SectionProcess(Section section, ProbeSettings settings) {
    this.section = section;
    this.settings = settings;
  }

  /** The settings narrowed to one layout and precision. */
  static ProbeSettings part(ProbeSettings s, TensorLayout layout, Precision precision) {
    return new ProbeSettings(
        s.device(),
        s.batches(),
        List.of(layout),
        List.of(precision),
        s.layers(),
        s.samples(),
        s.workspaceBytes(),
        s.seed(),
        s.libraries(),
        s.python());
  }

  void run(double seconds, Report report) {
    report.check(section, section.title(), () -> runProcess(seconds, report));
  }

  private void runProcess(double seconds, Report report) throws IOException {
    Path crash = Files.createTempFile("gpu-probe", ".hs_err");
    try {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-XX:ErrorFile=" + crash);
      command.add("-XX:-CreateCoredumpOnCrash");
      command.add("-Djava.library.path=" + System.getProperty("java.library.path", ""));
      command.add("-cp");
      command.add(System.getProperty("java.class.path"));
      command.add(GpuProbe.class.getName());
      command.addAll(arguments(seconds));
      Files.delete(crash); // the crashing process writes to a file that is not there yet
      Optional<Integer> code = relay(new ProcessBuilder(command), seconds + GRACE, section, report);
      if (code.isEmpty()) {
        report.line(
            section, Verdict.FAILED, "ended after %.0f s: it did not stop", seconds + GRACE);
      } else if (code.get() != 0) {
        report.line(
            section, Verdict.FAILED, "the process ended with %d%s", code.get(), frame(crash));
      }
    } finally {
      Files.deleteIfExists(crash);
    }
  }

  /** The arguments with which another process runs this section. */
  List<String> arguments(double seconds) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--child");
    arguments.add("--sections=" + section.label());
    arguments.add("--seconds=" + Math.max(1, (int) seconds));
    arguments.add("--device=" + settings.device());
    arguments.add("--batch=" + joined(settings.batches().stream().map(String::valueOf)));
    arguments.add("--layouts=" + joined(settings.layouts().stream().map(TensorLayout::label)));
    arguments.add("--precisions=" + joined(settings.precisions().stream().map(Precision::label)));
    arguments.add("--layers=" + joined(settings.layers().stream().map(Vgg16.Layer::name)));
    arguments.add("--samples=" + settings.samples());
    arguments.add("--workspace=" + (settings.workspaceBytes() >> 20));
    arguments.add("--seed=" + settings.seed());
    if (!settings.libraries().isEmpty()) {
      arguments.add("--libraries=" + joined(settings.libraries().stream().map(Path::toString)));
    }
    return arguments;
  }

  private static String joined(Stream<String> values) {
    return values.collect(Collectors.joining(","));
  }

  /**
   * Starts a process, reports each line of its output, and ends it when its time is over.
   *
   * @return its exit code, or nothing when it had to be ended
   */
  static Optional<Integer> relay(
      ProcessBuilder builder, double seconds, Section section, Report report) throws IOException {
    Process process = builder.redirectErrorStream(true).start();
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  String read = line;
                  ProbeLine.parse(line).ifPresentOrElse(report::add, () -> report.raw("  " + read));
                }
              } catch (IOException e) {
                report.line(section, Verdict.FAILED, "its output broke off: %s", e.getMessage());
              }
            },
            "probe-lines");
    reader.start();
    try {
      boolean ended = process.waitFor((long) (seconds * 1000), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor(2, TimeUnit.SECONDS);
      }
      reader.join(2000);
      return ended ? Optional.of(process.exitValue()) : Optional.empty();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** Where the virtual machine says that it crashed, for the line that reports it. */
  private static String frame(Path crash) throws IOException {
    if (!Files.exists(crash)) {
      return "";
    }
    List<String> lines = Files.readAllLines(crash, StandardCharsets.ISO_8859_1);
    for (int i = 0; i + 1 < lines.size(); i++) {
      if (lines.get(i).startsWith("# Problematic frame")) {
        return ", crashed in " + lines.get(i + 1).replaceFirst("^#\\s*", "");
      }
    }
    return "";
  }
}
