package dev.vitrine.kernels.probe;

import java.util.Locale;

/** What a line of the probe says about its subject. */
enum Verdict {
  /** Ran, and what it computed was right. */
  OK,
  /** Ran and was wrong, or ended with an error. */
  FAILED,
  /** Could not be tried: a library, the card, or Python's packages are not there. */
  MISSING,
  /** Not tried: the section's time was spent, or it follows from something that failed. */
  SKIPPED,
  /** A sum over VGG16's convolutions, for the table at the end. */
  SUM;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
