package dev.vitrine.kernels.probe;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Tells in five minutes what a GPU does for the engine: what loads, how fast memory, products,
 * convolutions and graphs are, and whether they are right. Each section runs in a process of its
 * own, so that a crash inside a native library ends that section only.
 */
@Command(
    name = "gpu-probe",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures what a GPU does for Vitrine, and checks it. One line for each thing, and a table"
            + " at the end.",
    footer = {
      "",
      "Exit codes: 0 everything selected ran and was right; 1 something failed, was missing or was"
          + " left out for want of time; 2 wrong usage."
    },
    exitCodeOnInvalidInput = 2)
public final class GpuProbe implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--sections",
      split = ",",
      paramLabel = "NAME",
      description = "Sections to run, of: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Section> sections = List.of(Section.values());

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "285",
      description = "Time for the whole run, divided among the sections (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--device",
      paramLabel = "N",
      defaultValue = "0",
      description = "The card's number (${DEFAULT-VALUE}).")
  private int device;

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,32",
      description = "Batch sizes of the convolutions (${DEFAULT-VALUE}).")
  private List<Integer> batches;

  @Option(
      names = "--layouts",
      split = ",",
      paramLabel = "NAME",
      description = "Layouts, of: ${COMPLETION-CANDIDATES}. Default: both.")
  private List<TensorLayout> layouts = List.of(TensorLayout.values());

  @Option(
      names = "--precisions",
      split = ",",
      paramLabel = "NAME",
      description = "Precisions, of: ${COMPLETION-CANDIDATES}. Default: both.")
  private List<Precision> precisions = List.of(Precision.values());

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "NAME",
      description = "Convolutions of VGG16 by name (block1_conv1). Default: all thirteen.")
  private List<String> layers = Vgg16.LAYERS.stream().map(Vgg16.Layer::name).toList();

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "48",
      description =
          "Outputs of each convolution that are compared with the CPU (${DEFAULT-VALUE}).")
  private int samples;

  @Option(
      names = "--workspace",
      paramLabel = "MB",
      defaultValue = "1024",
      description = "Most scratch memory for one convolution (${DEFAULT-VALUE}).")
  private int workspaceMegabytes;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of the tensors' values (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--libraries",
      split = ",",
      paramLabel = "DIR",
      description = "Folders whose CUDA and cuDNN libraries are loaded first.")
  private List<Path> libraries = List.of();

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      defaultValue = "python3",
      description = "Python with PyTorch, for the last section (${DEFAULT-VALUE}).")
  private String python;

  @Option(
      names = "--in-process",
      description = "Run the sections in this process: a native crash then ends the whole run.")
  private boolean inProcess;

  @Option(names = "--child", hidden = true, description = "Run one section here, without a table.")
  private boolean child;

  /** Runs the probe and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return commandLine(new GpuProbe()).execute(args);
  }

  static CommandLine commandLine(GpuProbe probe) {
    return new CommandLine(probe)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(true)
        .setParameterExceptionHandler(GpuProbe::wrongUsage);
  }

  private static int wrongUsage(ParameterException e, String[] arguments) {
    e.getCommandLine().getErr().println("gpu-probe: " + e.getMessage() + " (see --help)");
    return 2;
  }

  @Override
  public Integer call() {
    ProbeSettings settings = settings();
    Report report = new Report(System.out);
    if (child) {
      SectionRunner.run(sections.get(0), settings, Deadline.in(seconds), report);
      return 0;
    }
    long start = System.nanoTime();
    Map<Section, Double> taken = new EnumMap<>(Section.class);
    Map<Section, Double> shares = shares(sections, seconds);
    for (Section section : sections) {
      double left = seconds - (System.nanoTime() - start) / 1e9;
      // A section that ended early leaves its time to those after it, in proportion.
      double scale = left / shares.values().stream().mapToDouble(Double::doubleValue).sum();
      double share = Math.max(1, shares.remove(section) * scale);
      report.raw(
          String.format(
              Locale.ROOT, "== %s: %s (%.0f s)", section.label(), section.title(), share));
      long begin = System.nanoTime();
      runSection(section, settings, share, report);
      taken.put(section, (System.nanoTime() - begin) / 1e9);
    }
    Summary.of(report.lines(), taken).lines().forEach(report::raw);
    return Summary.exitCode(report.lines());
  }

  private void runSection(Section section, ProbeSettings settings, double share, Report report) {
    if (inProcess || section == Section.PYTORCH) {
      SectionRunner.run(section, settings, Deadline.in(share), report);
      return;
    }
    if (section != Section.CONVOLUTION) {
      new SectionProcess(section, settings).run(share, report);
      return;
    }
    // The long section runs in parts, so that a crash costs one layout and precision only.
    long parts = (long) settings.layouts().size() * settings.precisions().size();
    Deadline deadline = Deadline.in(share);
    for (Precision precision : settings.precisions()) {
      for (TensorLayout layout : settings.layouts()) {
        new SectionProcess(section, SectionProcess.part(settings, layout, precision))
            .run(Math.max(1, deadline.secondsLeft() / parts--), report);
      }
    }
  }

  /** Each section's part of the whole time; a section that is not selected leaves its time. */
  static Map<Section, Double> shares(List<Section> sections, double seconds) {
    double whole = sections.stream().mapToInt(Section::seconds).sum();
    Map<Section, Double> shares = new EnumMap<>(Section.class);
    sections.forEach(s -> shares.put(s, s.seconds() * seconds / whole));
    return shares;
  }

  /** The settings that the arguments say; checks them. */
  ProbeSettings settings() {
    require(seconds >= 1, "--seconds is %d: give at least 1", seconds);
    require(samples >= 1, "--samples is %d: give at least 1", samples);
    require(workspaceMegabytes >= 0, "--workspace is %d: give 0 or more", workspaceMegabytes);
    require(device >= 0, "--device is %d: give 0 or more", device);
    batches.forEach(b -> require(b >= 1 && b <= 128, "--batch is %d: give 1 to 128", b));
    List<Vgg16.Layer> chosen;
    try {
      chosen = layers.stream().distinct().map(Vgg16::named).toList();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
    sections = Arrays.stream(Section.values()).filter(sections::contains).toList();
    return new ProbeSettings(
        device,
        batches.stream().distinct().toList(),
        layouts.stream().distinct().toList(),
        precisions.stream().distinct().toList(),
        chosen,
        samples,
        workspaceMegabytes * (1L << 20),
        seed,
        List.copyOf(libraries),
        python);
  }

  List<Section> sections() {
    return sections;
  }

  private void require(boolean condition, String message, Object value) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message.formatted(value));
    }
  }
}
