package dev.vitrine.viz.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Locale;

/** What a command says: results on standard output, everything else on standard error. */
final class CommandOutput {
  private CommandOutput() {}

  /** One line on standard error that is no error. */
  static void note(String line) {
    System.err.println("vitrine: " + line);
  }

  /** A line of the result. */
  static void line(String format, Object... arguments) {
    System.out.println(String.format(Locale.ROOT, format, arguments).stripTrailing());
  }

  /** The result as JSON. */
  static void json(Object value) {
    PrintStream out = System.out;
    try {
      out.println(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the result cannot be written as JSON", e);
    }
  }
}
