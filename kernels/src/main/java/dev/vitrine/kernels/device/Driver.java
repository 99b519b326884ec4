package dev.vitrine.kernels.device;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Traces of NVIDIA's driver, found without loading anything. */
public final class Driver {
  /** What the driver makes, or on Windows' Linux the system. */
  private static final List<String> DEVICES =
      List.of("/dev/nvidiactl", "/dev/nvidia0", "/proc/driver/nvidia/version");

  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/x86_64-linux-gnu",
          "/usr/lib64",
          "/usr/lib",
          "/usr/lib/wsl/lib",
          "/usr/local/nvidia/lib64",
          "/usr/local/cuda/compat",
          "/run/opengl-driver/lib");

  private Driver() {}

  /** Whether this machine seems to have the driver. */
  public static boolean isHere() {
    return isHere(System.getProperty("os.name"), System::getenv, p -> Files.exists(Path.of(p)));
  }

  /**
   * Whether a machine seems to have the driver.
   *
   * @param environment a variable's value, or null
   * @param exists whether there is a file
   */
  static boolean isHere(
      String system, UnaryOperator<String> environment, Predicate<String> exists) {
    if (system.startsWith("Windows")) {
      String root = environment.apply("SystemRoot");
      return exists.test((root == null ? "C:\\Windows" : root) + "\\System32\\nvcuda.dll");
    }
    String path = environment.apply("LD_LIBRARY_PATH");
    Stream<String> named =
        path == null ? Stream.empty() : Arrays.stream(path.split(File.pathSeparator));
    return DEVICES.stream().anyMatch(exists)
        || Stream.concat(named, FOLDERS.stream())
            .anyMatch(folder -> exists.test(folder + "/libcuda.so.1"));
  }
}
