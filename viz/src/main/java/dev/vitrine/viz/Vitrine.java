package dev.vitrine.viz;

import dev.vitrine.viz.cli.CommandLineInterface;

/** The command line's entry. */
public final class Vitrine {
  private Vitrine() {}

  /** Runs one command and exits with its code: 0 fine, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    System.exit(CommandLineInterface.run(args));
  }
}
