package dev.vitrine.viz.cli;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

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

  /** Prints that the result did not arrive; Java's standard output keeps its errors to itself. */
  static int unheard() {
    System.err.println(
        "vitrine: standard output cannot be written to: the disk is full or the reader has gone;"
            + " make room or send it elsewhere");
    return FAILED;
  }

  static int ofParameters(ParameterException e, String[] arguments) {
    String help = e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    System.err.println("vitrine: " + oneLine(usage(e)) + "; see '" + help + "'");
    if (List.of(arguments).contains("--verbose")) {
      e.printStackTrace();
    }
    return USAGE;
  }

  /** Reads an option's value; one that cannot be is wrong usage. */
  static <T> T option(CommandSpec command, Supplier<T> parse) {
    try {
      return parse.get();
    } catch (BadInputException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private static String usage(ParameterException e) {
    if (!(e instanceof UnmatchedArgumentException unmatched)) {
      return e.getMessage();
    }
    String first = unmatched.getUnmatched().get(0);
    String what =
        unmatched.isUnknownOption()
            ? "there is no option " + first
            : e.getCommandLine().getParent() == null
                ? "there is no command '" + first + "'"
                : "'" + first + "' is one argument too many";
    return unmatched.getSuggestions().isEmpty()
        ? what
        : what + ", did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
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
