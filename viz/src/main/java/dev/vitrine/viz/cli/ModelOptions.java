package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which network runs, and where: the options of every command that loads one. */
final class ModelOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "NAME|FILE.h5",
      description =
          "The network: a built-in one (squeezenet, tiny_vgg) or a Keras file."
              + " Default: $${VITRINE_MODEL}, else squeezenet.")
  private String model;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description = "auto, cpu, cuda, cuda:N or reference. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "fp32|tf32",
      defaultValue = "fp32",
      description = "Strict float32, or TF32 on a GPU. Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the CPU backend. Default: the physical cores.")
  private Integer threads;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "caffe, tf, torch, unit, none, or mean=R,G,B;scale=S;std=R,G,B;order=bgr."
              + " Default: the model's own.")
  private String preprocess;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Class names: JSON as Keras has it, or one name a line. Default: the model's own.")
  private Path labels;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of what is random, as maximize's noise is. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** Opens the device that the options name. */
  Backend openBackend() {
    if (!precision.equals("fp32") && !precision.equals("tf32")) {
      throw usage("--precision is '" + precision + "'; it can be fp32 or tf32");
    }
    if (threads != null && threads < 1) {
      throw usage("--threads is " + threads + "; it must be 1 or more");
    }
    checkDevice();
    if (device.equals("reference") && Boolean.getBoolean("vitrine.terminal")) {
      CommandOutput.note("the reference backend is slow on purpose: this may take a minute");
    }
    return Backends.open(device, precision.equals("tf32"), CommandOutput::note);
  }

  private void checkDevice() {
    List<BackendProvider> found = Backends.all();
    if (!device.matches("auto|cpu|cuda(:\\d{1,3})?")
        && found.stream().noneMatch(p -> p.name().equals(device))) {
      throw usage(
          "--device is '"
              + device
              + "'; it can be auto, cpu, cuda, cuda:N, "
              + found.stream().map(BackendProvider::name).collect(Collectors.joining(", ")));
    }
    if (device.startsWith("cuda") && found.stream().noneMatch(p -> p.device().equals("cuda"))) {
      throw new BadInputException(
          "--device "
              + device
              + ": this build has no CUDA backend; leave --device out and the CPU serves");
    }
  }

  /** Loads the network that the options name; closing the model frees its weights. */
  Model open(Backend backend) {
    return open(name(), backend);
  }

  /** Loads another network, with the same options. */
  Model open(String nameOrFile, Backend backend) {
    return Models.open(
        nameOrFile,
        backend,
        new Overrides(
            Optional.ofNullable(preprocess)
                .map(p -> Errors.option(command, () -> Preprocessing.parse(p))),
            Optional.ofNullable(labels).map(Labels::read)));
  }

  /** The seed of what is random. */
  long seed() {
    return seed;
  }

  /** True if a network was asked for. */
  boolean isNamed() {
    return model != null;
  }

  /** The name or file that was asked for. */
  String name() {
    if (model == null) {
      String fromEnvironment = System.getenv("VITRINE_MODEL");
      model = fromEnvironment == null || fromEnvironment.isBlank() ? "squeezenet" : fromEnvironment;
    }
    return model;
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
