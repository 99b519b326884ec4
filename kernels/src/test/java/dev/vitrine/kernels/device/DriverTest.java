package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DriverTest {
  private static boolean on(String system, Map<String, String> environment, String... files) {
    return Driver.isHere(system, environment::get, Set.of(files)::contains);
  }

  @Test
  void aMachineWithoutATraceHasNoDriver() {
    assertThat(on("Linux", Map.of())).isFalse();
    assertThat(on("Linux", Map.of("LD_LIBRARY_PATH", "/a" + File.pathSeparator))).isFalse();
    assertThat(on("Mac OS X", Map.of())).isFalse();
    assertThat(on("Windows 11", Map.of())).isFalse();
  }

  @Test
  void aDeviceOrTheDriversLibraryIsATrace() {
    assertThat(on("Linux", Map.of(), "/dev/nvidiactl")).isTrue();
    assertThat(on("Linux", Map.of(), "/usr/lib/wsl/lib/libcuda.so.1")).isTrue();
    String path = "/a" + File.pathSeparator + "/b";
    assertThat(on("Linux", Map.of("LD_LIBRARY_PATH", path), "/b/libcuda.so.1")).isTrue();
    assertThat(on("Windows 11", Map.of("SystemRoot", "D:\\W"), "D:\\W\\System32\\nvcuda.dll"))
        .isTrue();
  }
}
