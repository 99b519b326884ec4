package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.CudaLibraries;
import java.io.IOException;
import java.nio.file.Path;

/** Runs one section in this process. */
final class SectionRunner {
  private SectionRunner() {}

  private static void load(ProbeSettings settings, Section section, Report report)
      throws IOException {
    Path unpacked = Path.of(System.getProperty("java.io.tmpdir"), "vitrine-cuda-12.6");
    for (Path library : CudaLibraries.find(settings.libraries(), unpacked)) {
      report.check(
          section, library.toString(), () -> System.load(library.toAbsolutePath().toString()));
    }
  }

  static void run(Section section, ProbeSettings settings, Deadline deadline, Report report) {
    if (section != Section.PYTORCH) {
      report.check(section, "libraries", () -> load(settings, section, report));
    }
    report.check(
        section,
        section.title(),
        () -> {
          switch (section) {
            case VERSIONS -> new VersionsSection(settings, report).run();
            case RELU -> new ReluSection(settings, report).run();
            case MATMUL -> new MatmulSection(settings, report, deadline).run();
            case CONVOLUTION -> new ConvolutionSection(settings, report, deadline).run();
            case FUSED -> new FusedSection(settings, report, deadline).run();
            case GRAPH -> new GraphSection(settings, report, deadline).run();
            case PYTORCH -> new PyTorchSection(settings, report, deadline).run();
          }
        });
  }
}
