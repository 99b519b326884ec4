package dev.vitrine.kernels.device;

import dev.vitrine.engine.backend.BackendException;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says in one line why a check failed. */
public final class Failure {
  /** The loader's own words inside JCuda's long message. */
  private static final Pattern MISSING_FILE =
      Pattern.compile("(\\S+\\.so[.\\d]*): cannot open shared object file");

  private static final Pattern LOADER =
      Pattern.compile("(\\S+\\.so[.\\d]*: (?:undefined symbol|version)[^\\r\\n]*)");

  private static final Pattern SECOND_USE = Pattern.compile("Could not initialize class (\\S+)");

  private static final Pattern NO_NATIVE = Pattern.compile("no (\\S+) in java.library.path");

  private Failure() {}

  /**
   * @param advice what to do about a library that is not found, such as {@code libcudnn.so.9}
   */
  public static String oneLine(Throwable failure, UnaryOperator<String> advice) {
    Throwable root = root(failure);
    String message = messages(failure);
    Matcher file = MISSING_FILE.matcher(message);
    if (file.find()) {
      return "%s is not on the library path: %s"
          .formatted(file.group(1), advice.apply(file.group(1)));
    }
    Matcher loader = LOADER.matcher(message);
    if (loader.find()) {
      return loader.group(1);
    }
    Matcher again = SECOND_USE.matcher(message);
    if (again.find()) {
      // The virtual machine keeps only the beginning of the reason that it had the first time.
      return "%s did not load: see the first line about it".formatted(again.group(1));
    }
    Matcher noNative = NO_NATIVE.matcher(message);
    if (noNative.find()) {
      return "%s is neither in natives/ nor on the class path".formatted(noNative.group(1));
    }
    String line = String.valueOf(root.getMessage()).strip().replaceAll("\\s*[\\r\\n]+\\s*", " / ");
    line = line.length() > 300 ? line.substring(0, 300) + "..." : line;
    return root instanceof BackendException || root instanceof MissingDevice
        ? line
        : "%s: %s".formatted(root.getClass().getSimpleName(), line);
  }

  /** Whether something is not there, as opposed to there and failing. */
  public static boolean isMissing(Throwable failure) {
    Throwable root = root(failure);
    return root instanceof UnsatisfiedLinkError
        || root instanceof NoClassDefFoundError
        || root instanceof MissingDevice
        // what the second use of a class says whose libraries did not load at the first
        || String.valueOf(root.getMessage()).contains("java.lang.UnsatisfiedLinkError");
  }

  /** The messages of a failure and of what caused it; which of them names the file varies. */
  private static String messages(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
    }
    return all.toString();
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}
