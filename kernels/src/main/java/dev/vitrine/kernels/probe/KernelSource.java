package dev.vitrine.kernels.probe;

import static jcuda.nvrtc.JNvrtc.*;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.nvrtcProgram;

/** A {@code .cu} file of this project, compiled by NVRTC for the card at hand. */
record KernelSource(String name, String text) {
  /** Machine code for one architecture, or PTX that the driver compiles when it loads it. */
  record Binary(byte[] bytes, String architecture) {}

  static KernelSource of(String name) throws IOException {
    try (InputStream in = KernelSource.class.getResourceAsStream("/dev/vitrine/kernels/" + name)) {
      if (in == null) {
        throw new IOException("%s is not among the kernels on the class path".formatted(name));
      }
      return new KernelSource(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** NVRTC's version, such as 12.6. */
  static String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(nvrtcVersion(major, minor), "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  /**
   * Compiles for a compute capability such as 90: machine code where NVRTC knows the card, else PTX
   * for the newest architecture below it.
   */
  Binary compile(int capability) {
    int[] count = new int[1];
    check(nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    check(nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    int target =
        Arrays.stream(known)
            .filter(a -> a <= capability)
            .max()
            .orElseThrow(
                () ->
                    new GpuFailure(
                        "NVRTC %s knows no architecture as old as sm_%d"
                            .formatted(version(), capability)));
    boolean machineCode = target == capability;
    String architecture = (machineCode ? "sm_" : "compute_") + target;
    nvrtcProgram program = new nvrtcProgram();
    check(nvrtcCreateProgram(program, text, name, 0, null, null), "nvrtcCreateProgram");
    try {
      String[] options = {"--gpu-architecture=" + architecture};
      if (nvrtcCompileProgram(program, options.length, options) != 0) {
        String[] log = new String[1];
        nvrtcGetProgramLog(program, log);
        throw new GpuFailure("%s for %s: %s".formatted(name, architecture, log[0]));
      }
      return new Binary(machineCode ? cubin(program) : ptx(program), architecture);
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private static byte[] cubin(nvrtcProgram program) {
    long[] size = new long[1];
    check(nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] bytes = new byte[Math.toIntExact(size[0])];
    check(nvrtcGetCUBIN(program, bytes), "nvrtcGetCUBIN");
    return bytes;
  }

  private static byte[] ptx(nvrtcProgram program) {
    String[] text = new String[1];
    check(nvrtcGetPTX(program, text), "nvrtcGetPTX");
    return (text[0] + "\0").getBytes(StandardCharsets.UTF_8);
  }

  /** Loads compiled code into the current context and finds a function in it. */
  static CUfunction load(Binary binary, String function) {
    CUmodule module = new CUmodule();
    Gpu.check(JCudaDriver.cuModuleLoadData(module, binary.bytes()), "cuModuleLoadData");
    CUfunction found = new CUfunction();
    Gpu.check(
        JCudaDriver.cuModuleGetFunction(found, module, function),
        "cuModuleGetFunction of " + function);
    return found;
  }

  private static void check(int result, String call) {
    if (result != 0) {
      throw new GpuFailure("%s: %s".formatted(call, nvrtcGetErrorString(result)));
    }
  }
}
