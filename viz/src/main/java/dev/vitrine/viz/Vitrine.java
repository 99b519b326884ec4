package dev.vitrine.viz;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
    name = "vitrine",
    mixinStandardHelpOptions = true,
    version = "vitrine 0.1.0",
    description = "Looks inside convolutional networks.")
public final class Vitrine implements Callable<Integer> {
  private Vitrine() {}

  @Override
  public Integer call() {
    CommandLine.usage(this, System.out);
    return 0;
  }

  /** Runs one command and exits with its code: 0 fine, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Vitrine()).execute(args));
  }
}
