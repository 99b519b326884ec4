package dev.vitrine.weights;

/**
 * What a user handed over cannot be used: a file, an option or a name. The message is one line that
 * says what was found, where, what was expected and what to do, fit to be shown without a stack
 * trace.
 */
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInputException(String message) {
    super(oneLine(message));
  }

  public BadInputException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Messages may quote a file's name or a library's words, and those may hold line breaks. */
  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
