package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.MissingDevice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Runs the Python script that travels along; what it prints are lines of the probe. */
final class PyTorchSection {
  private static final Section SECTION = Section.PYTORCH;
  private static final String SCRIPT = "vgg16_pytorch.py";

  /** Seconds for Python to end by itself after its measuring time. */
  private static final double GRACE = 5;

  private final ProbeSettings settings;
  private final Report report;
  private final Deadline deadline;

  PyTorchSection(ProbeSettings settings, Report report, Deadline deadline) {
    this.settings = settings;
    this.report = report;
    this.deadline = deadline;
  }

  void run() throws IOException {
    Path script = Files.createTempFile("vgg16_pytorch", ".py");
    try (InputStream in = PyTorchSection.class.getResourceAsStream(SCRIPT)) {
      Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
      double seconds = Math.max(1, deadline.secondsLeft() - GRACE);
      ProcessBuilder builder =
          new ProcessBuilder(
              settings.python(),
              "-u",
              script.toString(),
              "--seconds=" + (int) seconds,
              "--device=" + settings.device(),
              "--batch="
                  + settings.batches().stream()
                      .map(String::valueOf)
                      .collect(Collectors.joining(",")),
              "--layers="
                  + settings.layers().stream()
                      .map(Vgg16.Layer::name)
                      .collect(Collectors.joining(",")));
      // PyTorch finds its own libraries; what the launcher put in front would shadow them.
      builder.environment().remove("LD_LIBRARY_PATH");
      if (System.getenv("PROBE_LD_LIBRARY_PATH") != null) {
        builder.environment().put("LD_LIBRARY_PATH", System.getenv("PROBE_LD_LIBRARY_PATH"));
      }
      Optional<Integer> code = start(builder, seconds + GRACE);
      if (code.isEmpty()) {
        report.line(
            SECTION, Verdict.FAILED, "ended after %.0f s: it did not stop", seconds + GRACE);
      } else if (code.get() != 0) {
        report.line(SECTION, Verdict.FAILED, "%s ended with %d", settings.python(), code.get());
      }
    } finally {
      Files.deleteIfExists(script);
    }
  }

  private Optional<Integer> start(ProcessBuilder builder, double seconds) {
    try {
      return SectionProcess.relay(builder, seconds, SECTION, report);
    } catch (IOException e) {
      throw new MissingDevice(
          "%s does not start: give --python, or leave this section out"
              .formatted(List.of(settings.python())));
    }
  }
}
