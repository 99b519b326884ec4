package dev.vitrine.viz.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code vitrine COMMAND}: the commands and what they have in common. */
@Command(
    name = "vitrine",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Looks inside convolutional networks.")
public final class CommandLineInterface implements Runnable {
  /** By name: asking every class for its own would load them all. */
  static final Map<String, Class<?>> COMMANDS = commands();

  @Spec private CommandSpec command;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "A stack trace with an error.")
  private boolean verbose;

  CommandLineInterface() {}

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> all = new LinkedHashMap<>();
    all.put("explain", ExplainCommand.class);
    all.put("predict", PredictCommand.class);
    all.put("attribute", AttributeCommand.class);
    all.put("cam", CamCommand.class);
    all.put("gallery", GalleryCommand.class);
    all.put("trace", TraceCommand.class);
    all.put("sanity", SanityCommand.class);
    all.put("faithfulness", FaithfulnessCommand.class);
    all.put("maximize", MaximizeCommand.class);
    all.put("dream", DreamCommand.class);
    all.put("activations", ActivationsCommand.class);
    all.put("filters", FiltersCommand.class);
    all.put("hypercolumn", HypercolumnCommand.class);
    all.put("spikes", SpikesCommand.class);
    all.put("top-images", TopImagesCommand.class);
    all.put("summary", SummaryCommand.class);
    all.put("graph", GraphCommand.class);
    all.put("shell", ShellCommand.class);
    all.put("models", ModelsCommand.class);
    all.put("fetch", FetchCommand.class);
    all.put("verify", VerifyCommand.class);
    all.put("devices", DevicesCommand.class);
    return all;
  }

  /** The one that is asked for, or all where that is not clear: reading each takes its time. */
  private static CommandLine line(CommandLineInterface root, String[] args) {
    CommandLine line = new CommandLine(root);
    String first = Arrays.stream(args).filter(a -> !a.startsWith("-")).findFirst().orElse("none");
    COMMANDS.forEach(
        (name, command) -> {
          if (name.equals(first) || !COMMANDS.containsKey(first)) {
            line.addSubcommand(name, command);
          }
        });
    return line;
  }

  /** Runs one command: 0 fine, 1 failed, 2 wrong usage. */
  public static int run(String... args) {
    CommandLineInterface root = new CommandLineInterface();
    Preparation.begin(args);
    CommandLine line =
        line(root, args)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExecutionExceptionHandler((e, c, p) -> Errors.report(e, root.verbose))
            .setParameterExceptionHandler(Errors::ofParameters);
    try {
      int exit = line.execute(args);
      return exit == 0 && System.out.checkError() ? Errors.unheard() : exit;
    } catch (OutOfMemoryError e) {
      return Errors.report(e, root.verbose);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(command.commandLine(), "a command is missing");
  }
}
