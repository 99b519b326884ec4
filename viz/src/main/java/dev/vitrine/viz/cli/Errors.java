package dev.vitrine.viz.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** One line per error that says what to do; a stack trace only with {@code --verbose}. */
final class Errors {
  static final int FAILED = 1;
  static final int USAGE = 2;

  private Errors() {}

  /** Prints the line of an error that nobody caught. */
  static int report(Throwable e, boolean verbose) {
    System.err.println("vitrine: " + line(e));
    if (verbose) {
      e.printStackTrace();
    }
    return FAILED;
  }

  static int ofParameters(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    System.err.println("vitrine: " + oneLine(e.getMessage()));
    System.err.println("vitrine: see '" + command.getCommandSpec().qualifiedName() + " --help'");
    return USAGE;
  }

  private static String line(Throwable e) {
    if (e instanceof OutOfMemoryError) {
      return "out of memory: use a smaller image, or give Java more with VITRINE_JAVA_OPTS=-Xmx4g";
    }
    if (e instanceof UncheckedIOException io) {
      return line(io.getCause());
    }
    String message = e.getMessage();
    boolean bare = message == null || message.isBlank();
    boolean ours =
        e instanceof IllegalArgumentException
            || e instanceof IllegalStateException
            || e.getClass().getName().startsWith("dev.vitrine.");
    if (ours && !bare) {
      return oneLine(message);
    }
    String kind = e.getClass().getSimpleName();
    String what = bare ? kind : kind + ": " + oneLine(message);
    return e instanceof IOException ? what : what + " (an error of ours: --verbose shows where)";
  }

  private static String oneLine(String text) {
    return text == null ? "" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
