package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.BackendException;
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
    assertThat(Failure.oneLine(NO_DRIVER, library -> "install it"))
        .isEqualTo("libcuda.so.1 is not on the library path: install it");
    assertThat(Failure.isMissing(NO_DRIVER)).isTrue();
  }

  @Test
  void theSecondUseOfAClassThatDidNotLoadSaysTheSame() {
    Throwable first = new ExceptionInInitializerError("Exception " + NO_DRIVER);
    Throwable second = new NoClassDefFoundError("Could not initialize class").initCause(first);
    assertThat(Failure.isMissing(second)).isTrue();
    assertThat(Failure.oneLine(second, library -> "install it"))
        .startsWith("libcuda.so.1 is not on the library path");
  }

  @Test
  void theSecondUseWithoutTheReasonPointsToTheFirst() {
    Throwable second =
        new NoClassDefFoundError("Could not initialize class jcuda.driver.JCudaDriver")
            .initCause(
                new ExceptionInInitializerError(
                    "Exception java.lang.UnsatisfiedLinkError: no J in java.library.path"));
    assertThat(Failure.isMissing(second)).isTrue();
    assertThat(Failure.oneLine(second, library -> "install it"))
        .isEqualTo("jcuda.driver.JCudaDriver did not load: see the first line about it");
  }

  @Test
  void anUndefinedSymbolIsToldInTheLoadersWords() {
    assertThat(
            Failure.oneLine(
                new UnsatisfiedLinkError("x\n/a/libJCudnn.so: undefined symbol: cudnnNew\n at y"),
                library -> "install it"))
        .isEqualTo("/a/libJCudnn.so: undefined symbol: cudnnNew");
  }

  @Test
  void aCallThatFailedIsNotMissing() {
    BackendException failure = new BackendException("cuInit: CUDA_ERROR_UNKNOWN");
    assertThat(Failure.isMissing(failure)).isFalse();
    assertThat(Failure.oneLine(failure, library -> "install it"))
        .isEqualTo("cuInit: CUDA_ERROR_UNKNOWN");
  }

  @Test
  void aMachineWithoutACardIsMissingOne() {
    assertThat(Failure.isMissing(new MissingDevice("there is no card 3"))).isTrue();
  }
}
