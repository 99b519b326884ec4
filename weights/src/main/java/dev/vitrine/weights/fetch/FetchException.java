package dev.vitrine.weights.fetch;

/**
 * A model's file could not be had. The message is one line that says what happened, where, what was
 * expected and what to do.
 */
public final class FetchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FetchException(String message) {
    super(oneLine(message));
  }

  public FetchException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\s*\\R\\s*", " ").strip();
  }
}
