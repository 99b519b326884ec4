package dev.vitrine.weights.fetch;

import java.time.Duration;

/**
 * How long a download waits and how often it tries.
 *
 * @param connect for a connection
 * @param stall for the next byte
 * @param attempts how many in a row may fail without bringing a hundredth of the file
 * @param pause before the second attempt; each further one doubles it
 * @param longestPause what the doubling stops at, and the longest that a server can ask for
 */
public record Patience(
    Duration connect, Duration stall, int attempts, Duration pause, Duration longestPause) {
  /** What suits people and the usual servers. */
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          5,
          Duration.ofSeconds(1),
          Duration.ofSeconds(60));

  /** The pause after so many failures in a row, 1 or more. */
  Duration after(int failures) {
    return shorter(pause.multipliedBy(1L << Math.min(failures - 1, 20)), longestPause);
  }

  /** The pause after so many failures where the server said how long it wants to be left alone. */
  Duration after(int failures, Duration asked) {
    Duration own = after(failures);
    return own.compareTo(asked) > 0 ? own : shorter(asked, longestPause);
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
