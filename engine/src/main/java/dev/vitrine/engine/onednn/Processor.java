package dev.vitrine.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_sse41;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.dnnl_version;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_version_t;

/** What the CPU backend runs on. */
final class Processor {
  private Processor() {}

  /** The threads that oneDNN starts: {@code OMP_NUM_THREADS}, else one per processor. */
  static int threads() {
    String wanted = System.getenv("OMP_NUM_THREADS");
    if (wanted != null && wanted.strip().matches("[1-9][0-9]{0,3}")) {
      return Integer.parseInt(wanted.strip());
    }
    return Runtime.getRuntime().availableProcessors();
  }

  /** One line: library, instruction set, processor, threads. */
  static String description() {
    dnnl_version_t version = dnnl_version();
    int threads = threads();
    return String.format(
        Locale.ROOT,
        "oneDNN %d.%d.%d, %s, %s, %d thread%s",
        version.major(),
        version.minor(),
        version.patch(),
        instructions(dnnl_get_effective_cpu_isa()),
        model(),
        threads,
        threads == 1 ? "" : "s");
  }

  /** The widest vectors of float32 among the instructions that oneDNN uses; its value is flags. */
  private static String instructions(int isa) {
    if (has(isa, dnnl_cpu_isa_avx512_core)) {
      return "AVX-512";
    } else if (has(isa, dnnl_cpu_isa_avx2)) {
      return "AVX2";
    } else if (has(isa, dnnl_cpu_isa_avx)) {
      return "AVX";
    } else if (has(isa, dnnl_cpu_isa_sse41)) {
      return "SSE4.1";
    }
    return System.getProperty("os.arch");
  }

  private static boolean has(int isa, int flags) {
    return (isa & flags) == flags;
  }

  /** The processor's name where the system tells it cheaply, else the architecture. */
  private static String model() {
    Path file = Path.of("/proc/cpuinfo");
    if (Files.isReadable(file)) {
      try (Stream<String> lines = Files.lines(file)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse(System.getProperty("os.arch"));
      } catch (IOException e) {
        return System.getProperty("os.arch"); // a name for people: the architecture serves
      }
    }
    return System.getProperty("os.arch");
  }
}
