package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.DeviceOptions;
import dev.vitrine.kernels.device.Driver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CudaProviderTest {
  private final BackendProvider provider = new CudaProvider();

  private static void withoutADriver() {
    assumeFalse(Driver.isHere(), "this machine has NVIDIA's driver");
  }

  @Test
  void itIsFoundAndComesBeforeTheCpus() {
    assertThat(Backends.all().get(0)).isInstanceOf(CudaProvider.class);
  }

  @Test
  void withoutADriverItSaysSoInOneLineAndIsNotMissed() {
    withoutADriver();
    assertThat(provider.expected()).isFalse();
    String missing = provider.missing().orElseThrow();
    assertThat(missing).contains("no NVIDIA driver", "https://").doesNotContain("\n");
    assertThatThrownBy(() -> provider.open(DeviceOptions.DEFAULT))
        .isInstanceOf(BackendException.class)
        .hasMessage(missing);
    assertThatThrownBy(() -> Backends.open("cuda:1", false, line -> {}))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining(missing);
  }

  @Test
  void withoutADriverAutoTakesTheCpuAndSaysNothingOfCuda() {
    withoutADriver();
    List<String> said = new ArrayList<>();
    try (Backend backend = Backends.open("auto", false, said::add)) {
      assertThat(backend.name()).isNotEqualTo("cuda");
    }
    assertThat(said).noneMatch(line -> line.contains("NVIDIA"));
  }

  @Test
  void aMissingLibrarysNameComesWithACommand() {
    assertThat(CudaProvider.advice("libcudnn.so.9")).contains("cuDNN 9", "VITRINE_CUDA=redist");
    assertThat(CudaProvider.advice("libcublas.so.12")).contains("CUDA 12", "VITRINE_CUDA=redist");
    assertThat(CudaProvider.advice("libcuda.so.1")).contains("driver");
  }
}
