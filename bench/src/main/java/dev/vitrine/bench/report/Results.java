package dev.vitrine.bench.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Everything that a run measured, to be asked. */
record Results(List<Measurement> all) {

  /**
   * What is asked for.
   *
   * @param benchmark class and method
   * @param parameters those that count
   * @param threads that the engine had
   */
  record Key(String benchmark, Map<String, String> parameters, int threads)
      implements Predicate<Measurement> {

    /** The same of another competitor. */
    Key by(String backend) {
      return with("backend", backend);
    }

    Key with(String name, String value) {
      Map<String, String> more = new TreeMap<>(parameters);
      more.put(name, value);
      return new Key(benchmark, more, threads);
    }

    /** Another method of the same class. */
    Key method(String name) {
      return new Key(benchmark.replaceFirst("\\.\\w+$", "." + name), parameters, threads);
    }

    @Override
    public boolean test(Measurement m) {
      return m.benchmark().equals(benchmark)
          && m.threads() == threads
          && parameters.entrySet().stream()
              .allMatch(e -> m.parameter(e.getKey()).equals(e.getValue()));
    }
  }

  /**
   * How many times one is as large as another: the middle of the rounds, and their range.
   *
   * @param rounds how many had both
   */
  record Ratio(double middle, double low, double high, int rounds) {
    /** What the ratios of the rounds say. */
    static Ratio of(double[] ratios) {
      return new Ratio(
          Measurement.median(ratios),
          Arrays.stream(ratios).min().orElse(Double.NaN),
          Arrays.stream(ratios).max().orElse(Double.NaN),
          ratios.length);
    }

    boolean known() {
      return rounds > 0;
    }

    @Override
    public String toString() {
      return !known()
          ? "-"
          : rounds == 1
              ? String.format(Locale.ROOT, "%.2f", middle)
              : String.format(Locale.ROOT, "%.2f (%.2f-%.2f)", middle, low, high);
    }
  }

  Stream<Measurement> of(Key key) {
    return all.stream().filter(key);
  }

  /** The middle of the rounds' middles, NaN if it was not measured. */
  double median(Key key) {
    return Measurement.median(of(key).mapToDouble(Measurement::median).toArray());
  }

  /** The largest of all iterations, NaN if it was not measured. */
  double best(Key key) {
    return of(key).flatMapToDouble(m -> Arrays.stream(m.scores())).max().orElse(Double.NaN);
  }

  /** {@code over / under}, round by round. */
  Ratio ratio(Key over, Key under) {
    return Ratio.of(
        of(under)
            .flatMapToDouble(
                m ->
                    of(over)
                        .filter(
                            o ->
                                o.round() == m.round()
                                    && o.parameter("model").equals(m.parameter("model"))
                                    && o.parameter("batch").equals(m.parameter("batch"))
                                    && o.parameter("size").equals(m.parameter("size")))
                        .mapToDouble(o -> o.median() / m.median()))
            .toArray());
  }
}
