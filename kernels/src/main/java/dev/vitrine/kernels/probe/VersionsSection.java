package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.Cublas;
import dev.vitrine.kernels.device.Cudnn;
import dev.vitrine.kernels.device.Gpu;
import dev.vitrine.kernels.device.KernelSource;
import jcuda.driver.CUdevice_attribute;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import jcuda.runtime.JCuda;

/** What loads and in which version, the card, and its memory. */
final class VersionsSection {
  private static final Section SECTION = Section.VERSIONS;

  private final ProbeSettings settings;
  private final Report report;

  VersionsSection(ProbeSettings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  void run() {
    report.line(
        SECTION,
        Verdict.OK,
        "java: %s on %s %s, %d processors",
        System.getProperty("java.version"),
        System.getProperty("os.name"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors());
    String override = System.getenv("NVIDIA_TF32_OVERRIDE");
    if (override != null) {
      report.line(
          SECTION,
          Verdict.FAILED,
          "NVIDIA_TF32_OVERRIDE is %s: it decides for every library; unset it",
          override);
    }
    // What is most likely to end the process, a library that lacks a function, comes last.
    report.check(SECTION, "driver", this::driver);
    report.check(SECTION, "card", this::card);
    report.check(SECTION, "runtime", this::runtime);
    report.check(SECTION, "cudnn", this::cudnn);
    report.check(SECTION, "cublas", this::cublas);
    report.check(SECTION, "nvrtc", this::nvrtc);
  }

  private void driver() {
    report.line(SECTION, Verdict.OK, "driver: knows CUDA %s", Gpu.driverVersion());
  }

  private void runtime() {
    int[] version = new int[1];
    int result = JCuda.cudaRuntimeGetVersion(version);
    if (result != 0) {
      throw new BackendException("cudaRuntimeGetVersion: " + JCuda.cudaGetErrorString(result));
    }
    report.line(SECTION, Verdict.OK, "runtime: CUDA %s, inside JCuda's natives", cuda(version[0]));
  }

  private void nvrtc() {
    report.line(SECTION, Verdict.OK, "nvrtc: %s", KernelSource.compilerVersion());
  }

  private void cudnn() {
    report.line(
        SECTION,
        Verdict.OK,
        "cudnn: %s, built for CUDA %s",
        Cudnn.version(),
        cuda((int) JCudnn.cudnnGetCudartVersion()));
  }

  private void card() {
    try (Gpu gpu = new Gpu(settings.device())) {
      report.line(
          SECTION,
          Verdict.OK,
          "card: %s, compute capability %.1f, %d multiprocessors, L2 %d MB, memory %.1f GB of which"
              + " %.1f GB free",
          gpu.name(),
          gpu.computeCapability() / 10.0,
          gpu.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
          gpu.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE) >> 20,
          gpu.totalBytes() / 1e9,
          gpu.freeBytes() / 1e9);
    }
  }

  private void cublas() {
    JCublas2.initialize(); // says that the library is missing before it asks for a card
    try (Gpu gpu = new Gpu(settings.device());
        Cublas cublas = new Cublas(gpu)) {
      report.line(SECTION, Verdict.OK, "cublas: %s", cublas.version());
    }
  }

  private static String cuda(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
