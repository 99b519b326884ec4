package dev.vitrine.bench.report;

import dev.vitrine.bench.Vgg16;
import dev.vitrine.bench.jmh.MachineBenchmark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Made-up measurements of a machine with 1000 GFLOP/s and 100 GB/s. */
final class Samples {
  private final List<Measurement> all = new ArrayList<>();

  Results results() {
    return new Results(List.copyOf(all));
  }

  Samples add(String benchmark, int round, int threads, String parameters, double... scores) {
    Map<String, String> map = new TreeMap<>();
    for (String pair : parameters.split(" ")) {
      if (!pair.isEmpty()) {
        map.put(pair.split("=")[0], pair.split("=")[1]);
      }
    }
    all.add(new Measurement(benchmark, map, threads, round, scores, 20_000, 0, 7e8));
    return this;
  }

  Samples add(String benchmark, String parameters, double... scores) {
    return add(benchmark, 0, 2, parameters, scores);
  }

  /** A network's pass in one round. */
  Samples network(
      String pass, String backend, String model, int batch, int round, double... millis) {
    String type = pass.equals("forward") ? "ForwardBenchmark." : "GradientBenchmark.";
    String parameters = "backend=%s model=%s batch=%d size=0".formatted(backend, model, batch);
    return add(type + pass, round, 2, parameters, millis);
  }

  Samples machine() {
    return add("MachineBenchmark.fma", "", 1e12 / MachineBenchmark.OPERATIONS, 1)
        .add("MachineBenchmark.read", "", 2, 1e11 / MachineBenchmark.BYTES);
  }

  /** Every convolution at a share of the peak. */
  Samples convolutions(String direction, double share) {
    for (String layer : Vgg16.distinctConvolutions()) {
      double millis = Goals.operations(layer) / (1e12 * share) * 1e3;
      add("ConvolutionBenchmark." + direction, "device=cpu batch=1 layer=" + layer, millis);
    }
    return this;
  }
}
