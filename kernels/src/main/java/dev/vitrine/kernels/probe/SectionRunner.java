package dev.vitrine.kernels.probe;

/** Runs one section in this process. */
final class SectionRunner {
  private SectionRunner() {}

  static void run(Section section, ProbeSettings settings, Deadline deadline, Report report) {
    if (section != Section.PYTORCH) {
      report.check(section, "libraries", () -> CudaLibraries.load(settings, section, report));
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
