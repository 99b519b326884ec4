package dev.vitrine.kernels.device;

import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;

/** The project's kernels on one card: each file compiled and loaded when it is first asked for. */
final class KernelModules implements AutoCloseable {
  private record Name(String file, String kernel) {}

  private final BinaryCache cache;
  private final String architecture;
  private final String compilerVersion = KernelSource.compilerVersion();
  private final Map<String, CUmodule> modules = new HashMap<>();
  private final Map<Name, CUfunction> functions = new HashMap<>();

  KernelModules(Gpu gpu, BinaryCache cache) {
    this.cache = cache;
    this.architecture = KernelSource.architecture(gpu.computeCapability());
  }

  CUfunction function(String file, String kernel) {
    return functions.computeIfAbsent(new Name(file, kernel), this::find);
  }

  private CUfunction find(Name name) {
    return Gpu.function(modules.computeIfAbsent(name.file(), this::load), name.kernel());
  }

  private CUmodule load(String file) {
    KernelSource source = KernelSource.of(file + ".cu");
    return cache
        .binary(source, architecture, compilerVersion, () -> source.compile(architecture))
        .load();
  }

  @Override
  public void close() {
    modules.values().forEach(module -> cuModuleUnload(module));
    modules.clear();
    functions.clear();
  }
}
