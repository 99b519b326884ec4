package dev.vitrine.bench.report;

import dev.vitrine.bench.contest.Competitor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What is measured. */
record Plan(List<Item> items) {
  /** Java's compiler is at work for the first two thousand steps of a small network. */
  private static final List<String> STEADY = timing(5, 2, 4, 1);

  private static final List<String> LONG_STEADY = timing(5, 2, 5, 2);

  /**
   * One call of JMH for each competitor and round.
   *
   * @param name for {@code --only}, and for people
   * @param include which benchmark: a regular expression
   * @param backends who takes turns; empty where there is no choice
   * @param parameters values with commas between, which JMH takes one after the other
   * @param threads that the engines get
   * @param rounds how often it is measured
   * @param arguments more of JMH's
   */
  record Item(
      String name,
      String include,
      List<String> backends,
      Map<String, String> parameters,
      int threads,
      int rounds,
      List<String> arguments) {}

  private static List<String> timing(int warmups, int warmup, int iterations, int iteration) {
    return List.of(
        "-wi", warmups + "", "-w", warmup + "", "-i", iterations + "", "-r", iteration + "");
  }

  private static List<String> shots(int warmups, int iterations) {
    return List.of("-wi", warmups + "", "-i", iterations + "");
  }

  /** Under an hour: everything once or twice, growth of the small network alone. */
  static Plan brief(List<Competitor> competitors) {
    Plan plan = new Plan(new ArrayList<>());
    plan.machine(2, timing(2, 1, 3, 1));
    plan.networks(competitors, 2, STEADY);
    plan.convolutions(List.of(), 1, timing(1, 1, 3, 1));
    plan.methods(List.of("squeezenet"), 1, STEADY);
    plan.graetz("squeezenet", 5, shots(8, 3));
    plan.files(1, shots(25, 9), shots(2, 8));
    plan.growth(
        List.of("squeezenet"), competitors.subList(0, 1), "112,224,448", "1,4,16", 1, STEADY);
    return plan;
  }

  /**
   * Three hours, on a machine that does nothing else (a round of all is more than one): the goals,
   * every layer, every growth.
   */
  static Plan thorough(List<Competitor> competitors) {
    Plan plan = new Plan(new ArrayList<>());
    plan.machine(3, timing(3, 1, 5, 2));
    plan.networks(competitors, 5, LONG_STEADY);
    plan.convolutions(competitors, 3, timing(2, 1, 5, 1));
    plan.methods(List.of("squeezenet", "vgg16"), 3, LONG_STEADY);
    plan.graetz("squeezenet", 5, shots(8, 3));
    plan.graetz("vgg16", 3, shots(1, 3));
    plan.files(3, shots(25, 15), shots(3, 15));
    plan.growth(
        List.of("squeezenet", "vgg16-notop"),
        competitors,
        "112,224,336,448,672,896",
        "1,2,4,8,16,32",
        1,
        STEADY);
    return plan;
  }

  private void add(
      String name,
      String include,
      List<String> backends,
      Map<String, String> parameters,
      int threads,
      int rounds,
      List<String> arguments) {
    items.add(new Item(name, include, backends, parameters, threads, rounds, arguments));
  }

  private static int threads() {
    return Competitor.threads();
  }

  private static List<String> names(List<Competitor> competitors, boolean gradients) {
    return competitors.stream()
        .filter(c -> c.hasGradients() || !gradients)
        .map(Competitor::name)
        .toList();
  }

  private void machine(int rounds, List<String> timing) {
    List<String> arguments = new ArrayList<>(timing);
    arguments.addAll(List.of("-t", threads() + ""));
    add("machine", "MachineBenchmark", List.of(), Map.of(), threads(), rounds, arguments);
    if (threads() > 1) {
      add("machine", "HandoverBenchmark", List.of(), Map.of(), threads(), rounds, timing);
    }
  }

  private void networks(List<Competitor> competitors, int rounds, List<String> timing) {
    for (String model : List.of("squeezenet", "vgg16")) {
      for (int batch : new int[] {1, 16}) {
        network(
            "networks", competitors, parameters(model, batch + "", "0"), threads(), rounds, timing);
      }
    }
  }

  private void network(
      String name,
      List<Competitor> competitors,
      Map<String, String> parameters,
      int threads,
      int rounds,
      List<String> timing) {
    add(
        name + "-forward",
        "ForwardBenchmark",
        names(competitors, false),
        parameters,
        threads,
        rounds,
        timing);
    add(
        name + "-gradient",
        "GradientBenchmark",
        names(competitors, true),
        parameters,
        threads,
        rounds,
        timing);
  }

  private static Map<String, String> parameters(String model, String batch, String size) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("model", model);
    parameters.put("batch", batch);
    parameters.put("size", size);
    return parameters;
  }

  private void convolutions(List<Competitor> peers, int rounds, List<String> timing) {
    add(
        "convolutions",
        "ConvolutionBenchmark",
        List.of(),
        Map.of("batch", "1"),
        threads(),
        rounds,
        timing);
    if (!peers.isEmpty()) {
      String layers = String.join(",", dev.vitrine.bench.Vgg16.distinctConvolutions());
      add(
          "convolutions-forward",
          "ForwardBenchmark",
          names(peers, false),
          parameters(layers, "1", "0"),
          threads(),
          rounds,
          timing);
    }
  }

  private void methods(List<String> models, int rounds, List<String> timing) {
    String all = String.join(",", models);
    add("methods", "MethodBenchmark", List.of(), Map.of("model", all), threads(), rounds, timing);
  }

  /** A channel takes 240 steps: SqueezeNet's need some 2000 until all is compiled. */
  private void graetz(String model, int rounds, List<String> timing) {
    add("graetz", "GraetzBenchmark", List.of(), Map.of("model", model), threads(), rounds, timing);
  }

  private void files(int rounds, List<String> loading, List<String> start) {
    add("loading", "LoadingBenchmark", List.of(), Map.of(), threads(), rounds, loading);
    add("start", "StartBenchmark", List.of(), Map.of(), threads(), rounds, start);
  }

  private void growth(
      List<String> models,
      List<Competitor> competitors,
      String sizes,
      String batches,
      int rounds,
      List<String> timing) {
    for (String model : models) {
      network("size", competitors, parameters(model, "1", sizes), threads(), rounds, timing);
      network("batch", competitors, parameters(model, batches, "224"), threads(), rounds, timing);
      List<Integer> all = IntStream.rangeClosed(1, threads()).boxed().collect(Collectors.toList());
      all.removeIf(n -> n > 4 && n % 4 != 0 && n != threads());
      for (int threads : all) {
        network("threads", competitors, parameters(model, "1", "224"), threads, rounds, timing);
      }
    }
  }
}
