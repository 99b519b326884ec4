package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.nio.file.Path;
import java.util.Optional;
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

  /** Opens the device that the options name. */
  Backend openBackend() {
    if (!precision.equals("fp32") && !precision.equals("tf32")) {
      throw usage("--precision is '" + precision + "'; it can be fp32 or tf32");
    }
    if (threads != null && threads < 1) {
      throw usage("--threads is " + threads + "; it must be 1 or more");
    }
    return Backends.open(device, precision.equals("tf32"), CommandOutput::note);
  }

  /** Loads the network that the options name; closing the model frees its weights. */
  Model open(Backend backend) {
    return Models.open(
        name(),
        backend,
        new Overrides(
            Optional.ofNullable(preprocess).map(Preprocessing::parse),
            Optional.ofNullable(labels).map(Labels::read)));
  }

  /** The name or file that was asked for. */
  String name() {
    if (model != null) {
      return model;
    }
    String fromEnvironment = System.getenv("VITRINE_MODEL");
    return fromEnvironment == null || fromEnvironment.isBlank() ? "squeezenet" : fromEnvironment;
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
