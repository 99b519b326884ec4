package dev.vitrine.bench.contest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Everyone on the class path: ours first, then the peers. */
public final class Competitors {
  private Competitors() {}

  /** All, whether they can run here or not. */
  public static List<Competitor> all() {
    List<Competitor> all = new ArrayList<>(List.of(Vitrine.CPU));
    ServiceLoader.load(Competitor.class).forEach(all::add);
    return all;
  }

  /**
   * Those that can run here.
   *
   * @param gradients true for those alone that can be asked for gradients
   */
  public static List<Competitor> present(boolean gradients) {
    return all().stream()
        .filter(c -> c.missing().isEmpty() && (c.hasGradients() || !gradients))
        .toList();
  }

  /**
   * One by its name.
   *
   * @throws IllegalArgumentException if it is not known, or can't run here
   */
  public static Competitor get(String name) {
    for (Competitor c : all()) {
      if (c.name().equals(name)) {
        c.missing()
            .ifPresent(
                why -> {
                  throw new IllegalArgumentException(name + " can't be measured: " + why);
                });
        return c;
      }
    }
    throw new IllegalArgumentException(
        "backend '%s' is not known; here are %s (build with -Ppeers for the peers)"
            .formatted(
                name, all().stream().map(Competitor::name).collect(Collectors.joining(", "))));
  }

  /**
   * Lets each compute a workload, one after the other, and compares what they say.
   *
   * @param answer what is compared
   * @throws IllegalStateException if one says something else than the first
   */
  public static void agree(
      List<Competitor> competitors,
      Workload workload,
      Function<Contender, float[]> answer,
      Agreement agreement) {
    Map<String, float[]> answers = new LinkedHashMap<>();
    for (Competitor c : competitors) {
      try (Contender contender = c.prepare(workload)) {
        answers.put(c.name(), answer.apply(contender));
      }
    }
    agreement.check(workload.toString(), answers);
  }
}
