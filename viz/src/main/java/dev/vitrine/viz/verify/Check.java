package dev.vitrine.viz.verify;

/**
 * One thing that was looked at.
 *
 * @param name what it was
 * @param what was found, in one line
 */
public record Check(String name, Verdict verdict, String what) {
  /** How it came out. */
  public enum Verdict {
    FINE,
    WRONG,
    /** There is nothing to hold it against, or no device to do it on. */
    SKIPPED
  }

  static Check fine(String name, String what) {
    return new Check(name, Verdict.FINE, what);
  }

  static Check skipped(String name, String what) {
    return new Check(name, Verdict.SKIPPED, what);
  }

  /** What does not hold. */
  public static Check wrong(String name, String what) {
    return new Check(name, Verdict.WRONG, what);
  }

  static Check of(String name, boolean fine, String what) {
    return fine ? fine(name, what) : wrong(name, what);
  }
}
