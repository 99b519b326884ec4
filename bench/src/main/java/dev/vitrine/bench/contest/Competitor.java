package dev.vitrine.bench.contest;

import java.util.Optional;

/** One that computes a {@link Workload}; peers are found by {@code ServiceLoader}. */
public interface Competitor {

  /** What tables call it. */
  String name();

  /** Library and version, in a few words. */
  String description();

  /** Why it can't be measured here, in one line that says what to do; empty if it can. */
  Optional<String> missing();

  /** True if it can be asked for gradients. */
  boolean hasGradients();

  /** Loads a workload's network; the caller closes it. */
  Contender prepare(Workload workload);

  /** The threads that each one gets: {@code OMP_NUM_THREADS}, else one per processor. */
  static int threads() {
    String wanted = System.getenv("OMP_NUM_THREADS");
    return wanted != null && wanted.matches("[1-9][0-9]{0,3}")
        ? Integer.parseInt(wanted)
        : Runtime.getRuntime().availableProcessors();
  }
}
