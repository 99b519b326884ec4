package dev.vitrine.viz.cli;

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
    description = "Looks inside convolutional networks.",
    subcommands = {
      ExplainCommand.class,
      PredictCommand.class,
      AttributeCommand.class,
      CamCommand.class,
      SanityCommand.class,
      FaithfulnessCommand.class,
      TraceCommand.class,
      MaximizeCommand.class,
      ActivationsCommand.class,
      FiltersCommand.class,
      HypercolumnCommand.class,
      SpikesCommand.class,
      TopImagesCommand.class,
      SummaryCommand.class,
      GraphCommand.class,
      ModelsCommand.class,
      FetchCommand.class,
      VerifyCommand.class,
      DevicesCommand.class,
    })
public final class CommandLineInterface implements Runnable {
  @Spec private CommandSpec command;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "A stack trace with an error.")
  private boolean verbose;

  CommandLineInterface() {}

  /** Runs one command: 0 fine, 1 failed, 2 wrong usage. */
  public static int run(String... args) {
    CommandLineInterface root = new CommandLineInterface();
    CommandLine line =
        new CommandLine(root)
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
