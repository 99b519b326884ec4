package dev.vitrine.kernels;

import dev.vitrine.engine.UserCache;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.DeviceOptions;
import dev.vitrine.kernels.device.CudaLibraries;
import dev.vitrine.kernels.device.Driver;
import dev.vitrine.kernels.device.Failure;
import dev.vitrine.kernels.device.JCudaDevice;
import dev.vitrine.kernels.device.MissingDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Offers the {@link CudaBackend} where there is an NVIDIA card with its driver and CUDA's
 * libraries. Nothing is loaded where there is no trace of a driver.
 */
public final class CudaProvider implements BackendProvider {
  /** What the one try to load the libraries came to; they load once in a process. */
  private static Optional<String> loaded;

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String device() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 20;
  }

  @Override
  public boolean expected() {
    return Driver.isHere();
  }

  @Override
  public Optional<String> missing() {
    if (!Driver.isHere()) {
      return Optional.of(
          "no NVIDIA driver is installed; CUDA needs an NVIDIA card and its driver, from"
              + " https://www.nvidia.com/drivers");
    }
    synchronized (CudaProvider.class) {
      if (loaded == null) {
        loaded = load();
      }
      return loaded;
    }
  }

  private static Optional<String> load() {
    try {
      Path unpacked = cache().map(c -> c.resolve("cuda-12.6")).orElseGet(CudaProvider::temporary);
      for (Path library : CudaLibraries.find(folders(), unpacked)) {
        System.load(library.toAbsolutePath().toString());
      }
      JCudaDevice.count();
      return Optional.empty();
    } catch (MissingDevice | LinkageError | BackendException | IOException e) {
      return Optional.of(Failure.oneLine(e, CudaProvider::advice));
    }
  }

  private static List<Path> folders() {
    return CudaLibraries.folders(System.getenv("VITRINE_CUDA"));
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"), "vitrine-cuda-12.6");
  }

  /** Where compiled kernels and choices are kept; empty where no folder can be named. */
  private static Optional<Path> cache() {
    try {
      return Optional.of(UserCache.folder());
    } catch (IllegalStateException e) {
      return Optional.empty(); // everything is compiled again for each process
    }
  }

  /** What to do about a library that is not found. */
  static String advice(String library) {
    if (library.startsWith("libcuda.so")) {
      return "install or repair NVIDIA's driver, from https://www.nvidia.com/drivers";
    }
    String install = "install " + (library.startsWith("libcudnn") ? "cuDNN 9" : "CUDA 12");
    return install + ", or start with VITRINE_CUDA=redist, which fetches both (2 GB)";
  }

  @Override
  public Backend open(DeviceOptions options) {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      throw new BackendException(missing.get());
    }
    try {
      return new CudaBackend(new JCudaDevice(options.index(), options.tf32(), cache()));
    } catch (MissingDevice e) {
      throw new BackendException(e.getMessage() + "; --device cuda:0 is the first", e);
    }
  }
}
