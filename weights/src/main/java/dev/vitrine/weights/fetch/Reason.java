package dev.vitrine.weights.fetch;

import java.net.ConnectException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What went wrong in a reader's words, where Java's own are a class's name or nothing. */
final class Reason {
  static final String ANOTHER_FOLDER =
      "make room or give the rights there, or set VITRINE_HOME to another folder";

  private Reason() {}

  static String of(Throwable e) {
    if (e instanceof AccessDeniedException) {
      return "the rights are missing";
    }
    if (e instanceof NoSuchFileException) {
      return "it is gone";
    }
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    if (isUnknownHost(e)) {
      return "no such host";
    }
    if (e instanceof ConnectException) {
      return "the connection was refused";
    }
    String message = e.getMessage();
    return message == null || message.isBlank() ? e.getClass().getSimpleName() : message;
  }

  static boolean isUnknownHost(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException
          || cause instanceof java.net.UnknownHostException) {
        return true;
      }
    }
    return false;
  }
}
