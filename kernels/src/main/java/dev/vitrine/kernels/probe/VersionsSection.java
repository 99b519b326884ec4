package dev.vitrine.kernels.probe;

import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
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
    int[] version = new int[1];
    Gpu.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
    report.line(SECTION, Verdict.OK, "driver: knows CUDA %s", cuda(version[0]));
  }

  private void runtime() {
    int[] version = new int[1];
    int result = JCuda.cudaRuntimeGetVersion(version);
    if (result != 0) {
      throw new GpuFailure("cudaRuntimeGetVersion: " + JCuda.cudaGetErrorString(result));
    }
    report.line(SECTION, Verdict.OK, "runtime: CUDA %s, inside JCuda's natives", cuda(version[0]));
  }

  private void nvrtc() {
    report.line(SECTION, Verdict.OK, "nvrtc: %s", KernelSource.version());
  }

  private void cudnn() {
    long version = JCudnn.cudnnGetVersion();
    report.line(
        SECTION,
        Verdict.OK,
        "cudnn: %d.%d.%d, built for CUDA %s",
        version / 10000,
        version / 100 % 100,
        version % 100,
        cuda((int) JCudnn.cudnnGetCudartVersion()));
  }

  private void card() {
    try (Gpu gpu = new Gpu(settings.device())) {
      long[] memory = gpu.memory();
      report.line(
          SECTION,
          Verdict.OK,
          "card: %s, compute capability %.1f, %d multiprocessors, L2 %d MB, memory %.1f GB of which"
              + " %.1f GB free",
          gpu.name(),
          gpu.computeCapability() / 10.0,
          gpu.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
          gpu.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE) >> 20,
          memory[1] / 1e9,
          memory[0] / 1e9);
    }
  }

  private void cublas() {
    JCublas2.initialize(); // says that the library is missing before it asks for a card
    try (Gpu gpu = new Gpu(settings.device())) {
      cublasHandle handle = new cublasHandle();
      Blas.check(JCublas2.cublasCreate(handle), "cublasCreate");
      int[] version = new int[1];
      Blas.check(JCublas2.cublasGetVersion(handle, version), "cublasGetVersion");
      JCublas2.cublasDestroy(handle);
      report.line(
          SECTION,
          Verdict.OK,
          "cublas: %d.%d.%d",
          version[0] / 10000,
          version[0] / 100 % 100,
          version[0] % 100);
    }
  }

  private static String cuda(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
