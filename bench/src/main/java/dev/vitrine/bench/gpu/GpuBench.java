package dev.vitrine.bench.gpu;

import dev.vitrine.bench.Vgg16;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.kernels.device.JCudaDevice;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures one part of what a card does for the engine; a line for each figure. */
@Command(
    name = "gpu-bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures our kernels, or VGG16, on a card. One line for each figure.",
    footer = {"", "Exit codes: 0 measured; 1 the device is missing or failed; 2 wrong usage."},
    exitCodeOnInvalidInput = 2)
public final class GpuBench implements Callable<Integer> {
  /** What can be measured. */
  enum Part {
    /** Which card it is, and nothing measured. */
    CARD,
    /** Every kernel of ours beside the card's own copy. */
    KERNELS,
    /** VGG16's forward pass and its gradient at the pixels. */
    VGG16
  }

  @Parameters(paramLabel = "PART", description = "One of: ${COMPLETION-CANDIDATES}.")
  private Part part;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "cuda",
      description = "cuda, cuda:N, or cpu to try the benchmark itself (${DEFAULT-VALUE}).")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "NAME",
      defaultValue = "fp32",
      description = "fp32 or tf32 (${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,32",
      description = "Images at once (${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--megabytes",
      paramLabel = "N",
      defaultValue = "256",
      description = "Size of the kernels' tensors, several times any cache (${DEFAULT-VALUE}).")
  private int megabytes;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "60",
      description = "After this time nothing more is begun (${DEFAULT-VALUE}).")
  private double seconds;

  @Option(names = "--tiny", description = "Tensors and a network of next to no size.")
  private boolean tiny;

  private final PrintStream out;

  GpuBench(PrintStream out) {
    this.out = out;
  }

  /** Measures and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(System.out, args));
  }

  static int run(PrintStream out, String... args) {
    return new CommandLine(new GpuBench(out))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(GpuBench::failed)
        .execute(args);
  }

  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
    if (e instanceof BackendException) {
      command.getErr().println("gpu-bench: " + e.getMessage());
    } else {
      e.printStackTrace(command.getErr());
    }
    return 1;
  }

  @Override
  public Integer call() {
    long begin = System.nanoTime();
    BooleanSupplier late = () -> (System.nanoTime() - begin) / 1e9 > seconds;
    if (!List.of("fp32", "tf32").contains(precision)) {
      throw new BackendException("precision '" + precision + "' is neither fp32 nor tf32");
    }
    double round = tiny ? 0.01 : 40;
    try (Backend backend = Backends.open(device, precision.equals("tf32"), this::note)) {
      print(BenchLine.of("card", "ok").with("text", backend.description()));
      switch (part) {
        case CARD -> {}
        case KERNELS -> kernels(backend, round, late);
        case VGG16 -> {
          Vgg16 vgg16 = tiny ? Vgg16.TINY : Vgg16.FULL;
          try (Network network = vgg16.on(backend)) {
            new Vgg16Bench(backend, network, vgg16, precision, round, this::print)
                .run(batches, late);
          }
        }
      }
    }
    return 0;
  }

  private void kernels(Backend backend, double round, BooleanSupplier late) {
    long bytes = tiny ? 1 << 13 : (long) megabytes << 20;
    double copy = Double.NaN;
    if (device.startsWith("cuda")) {
      int number = device.contains(":") ? Integer.parseInt(device.substring(5)) : 0;
      try (JCudaDevice card = new JCudaDevice(number, false, Optional.empty())) {
        copy = CardCopy.bandwidth(card, bytes, round);
      }
      print(BenchLine.of("copy", "ok").with("gbs", "%.1f", copy));
    }
    int size = tiny ? 8 : 56;
    int channels = tiny ? 4 : 64;
    int n = (int) Math.max(1, bytes / (4L * size * size * channels));
    new KernelBench(backend, n, size, channels, copy, round, this::print, late).run();
  }

  private void note(String line) {
    print(BenchLine.of("card", "missing").with("text", line));
  }

  private void print(BenchLine line) {
    out.println(line);
    out.flush();
  }
}
