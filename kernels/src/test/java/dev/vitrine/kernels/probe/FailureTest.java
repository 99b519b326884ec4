package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailureTest {
  private static final UnsatisfiedLinkError NO_DRIVER =
      new UnsatisfiedLinkError(
          "Error while loading native library \"JCudaDriver-12.6.0-linux-x86_64\"\n"
              + "Operating system name: Linux\nStack trace:\n"
              + "/tmp/libJCudaDriver.so: libcuda.so.1: cannot open shared object file: No such file"
              + " or directory\n\tat java.base/java.lang");

  @Test
  void aMissingLibraryIsNamedWithWhatToDo() {
    assertThat(Failure.oneLine(NO_DRIVER))
        .isEqualTo("libcuda.so.1 is not on the library path: this machine has no NVIDIA driver");
    assertThat(Failure.isMissing(NO_DRIVER)).isTrue();
  }

  @Test
  void theSecondUseOfAClassThatDidNotLoadSaysTheSame() {
    Throwable first = new ExceptionInInitializerError("Exception " + NO_DRIVER);
    Throwable second = new NoClassDefFoundError("Could not initialize class").initCause(first);
    assertThat(Failure.isMissing(second)).isTrue();
    assertThat(Failure.oneLine(second)).startsWith("libcuda.so.1 is not on the library path");
  }

  @Test
  void theSecondUseWithoutTheReasonPointsToTheFirst() {
    Throwable second =
        new NoClassDefFoundError("Could not initialize class jcuda.driver.JCudaDriver")
            .initCause(
                new ExceptionInInitializerError(
                    "Exception java.lang.UnsatisfiedLinkError: no J in java.library.path"));
    assertThat(Failure.isMissing(second)).isTrue();
    assertThat(Failure.oneLine(second))
        .isEqualTo("jcuda.driver.JCudaDriver did not load: see the first line about it");
  }

  @Test
  void anUndefinedSymbolIsToldInTheLoadersWords() {
    assertThat(
            Failure.oneLine(
                new UnsatisfiedLinkError("x\n/a/libJCudnn.so: undefined symbol: cudnnNew\n at y")))
        .isEqualTo("/a/libJCudnn.so: undefined symbol: cudnnNew");
  }

  @Test
  void aCallThatFailedIsNotMissing() {
    GpuFailure failure = new GpuFailure("cuInit: CUDA_ERROR_UNKNOWN");
    assertThat(Failure.isMissing(failure)).isFalse();
    assertThat(Failure.oneLine(failure)).isEqualTo("cuInit: CUDA_ERROR_UNKNOWN");
  }

  @Test
  void aMachineWithoutACardIsMissingOne() {
    assertThat(Failure.isMissing(new MissingDevice("there is no card 3"))).isTrue();
  }
}
