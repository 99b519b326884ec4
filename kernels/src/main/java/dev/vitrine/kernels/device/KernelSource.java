package dev.vitrine.kernels.device;

import static jcuda.nvrtc.JNvrtc.*;

import dev.vitrine.engine.backend.BackendException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.nvrtcProgram;

/**
 * A {@code .cu} file of this project, for NVRTC.
 *
 * @param name the file's name: {@code relu.cu}
 * @param headers the text of every header that it includes, by name
 */
public record KernelSource(String name, String text, Map<String, String> headers) {
  private static final Pattern INCLUDE =
      Pattern.compile("^\\s*#include \"([^\"]+)\"", Pattern.MULTILINE);

  /** Machine code for one architecture, or PTX that the driver compiles when it loads it. */
  public record Binary(byte[] bytes, String architecture) {
    /** Loads the code into the current context. */
    public CUmodule load() {
      CUmodule module = new CUmodule();
      Gpu.check(JCudaDriver.cuModuleLoadData(module, bytes), "cuModuleLoadData");
      return module;
    }
  }

  /**
   * One of the project's files, with its headers.
   *
   * @throws IllegalArgumentException if there is no such file
   */
  public static KernelSource of(String name) {
    String text = read(name);
    Map<String, String> headers = new TreeMap<>();
    include(text, headers);
    return new KernelSource(name, text, headers);
  }

  private static void include(String text, Map<String, String> headers) {
    Matcher included = INCLUDE.matcher(text);
    while (included.find()) {
      String name = included.group(1);
      if (!headers.containsKey(name)) {
        headers.put(name, read(name));
        include(headers.get(name), headers);
      }
    }
  }

  private static String read(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream("/dev/vitrine/kernels/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "%s is not among the kernels on the class path".formatted(name));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("%s on the class path cannot be read".formatted(name), e);
    }
  }

  /** NVRTC's version, such as 12.6. */
  public static String compilerVersion() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(nvrtcVersion(major, minor), "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  /**
   * What NVRTC compiles for, given a compute capability such as 90: {@code sm_90} where it knows
   * the card, else PTX for the newest architecture below, {@code compute_80}.
   */
  public static String architecture(int capability) {
    int[] count = new int[1];
    check(nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    check(nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    int target = Arrays.stream(known).filter(a -> a <= capability).max().orElse(0);
    if (target == 0) {
      throw new BackendException(
          "NVRTC %s knows no architecture as old as sm_%d; it needs an older CUDA"
              .formatted(compilerVersion(), capability));
    }
    return (target == capability ? "sm_" : "compute_") + target;
  }

  /** Compiles for what {@link #architecture} said. */
  public Binary compile(String architecture) {
    nvrtcProgram program = new nvrtcProgram();
    String[] names = headers.keySet().toArray(String[]::new);
    String[] texts = headers.values().toArray(String[]::new);
    check(
        nvrtcCreateProgram(
            program,
            text,
            name,
            names.length,
            names.length == 0 ? null : texts,
            names.length == 0 ? null : names),
        "nvrtcCreateProgram");
    try {
      String[] options = {"--gpu-architecture=" + architecture};
      if (nvrtcCompileProgram(program, options.length, options) != 0) {
        String[] log = new String[1];
        nvrtcGetProgramLog(program, log);
        throw new BackendException(
            "%s for %s: %s"
                .formatted(name, architecture, log[0].strip().replaceAll("\\s*\\R\\s*", " / ")));
      }
      return new Binary(
          architecture.startsWith("sm_") ? cubin(program) : ptx(program), architecture);
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

  private static void check(int result, String call) {
    if (result != 0) {
      throw new BackendException("%s: %s".formatted(call, nvrtcGetErrorString(result)));
    }
  }
}
