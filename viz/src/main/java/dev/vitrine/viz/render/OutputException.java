package dev.vitrine.viz.render;

/** A result could not be written; the message is one line that says where, why and what to do. */
public final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public OutputException(String message, Throwable cause) {
    super(message.replaceAll("\\s*\\R\\s*", " ").strip(), cause);
  }
}
