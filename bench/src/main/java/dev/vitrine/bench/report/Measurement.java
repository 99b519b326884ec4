package dev.vitrine.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * One benchmark in one fork.
 *
 * @param benchmark class and method, {@code ForwardBenchmark.forward}
 * @param parameters as JMH has them
 * @param threads that the engine had
 * @param round in which it was, from 0
 * @param scores of each iteration, in JMH's unit
 * @param heap bytes allocated in a step, NaN if not known
 * @param growth bytes by which native memory grew in an iteration at most, NaN if not known
 * @param held bytes of native memory, NaN if not known
 */
record Measurement(
    String benchmark,
    Map<String, String> parameters,
    int threads,
    int round,
    double[] scores,
    double heap,
    double growth,
    double held) {

  /** Of JMH's JSON. */
  static Measurement of(JsonNode result, int threads, int round) {
    String name = result.path("benchmark").asText();
    int dot = name.lastIndexOf('.', name.lastIndexOf('.') - 1);
    Map<String, String> parameters = new TreeMap<>();
    result
        .path("params")
        .fields()
        .forEachRemaining(e -> parameters.put(e.getKey(), e.getValue().asText()));
    double[] scores =
        StreamSupport.stream(result.path("primaryMetric").path("rawData").spliterator(), false)
            .flatMap(fork -> StreamSupport.stream(fork.spliterator(), false))
            .mapToDouble(JsonNode::asDouble)
            .toArray();
    JsonNode more = result.path("secondaryMetrics");
    return new Measurement(
        name.substring(dot + 1),
        parameters,
        threads,
        round,
        scores,
        more.path("gc.alloc.rate.norm").path("score").asDouble(Double.NaN),
        more.path("native.growth").path("score").asDouble(Double.NaN),
        more.path("native.held").path("score").asDouble(Double.NaN));
  }

  /** The middle of its iterations. */
  double median() {
    return median(scores);
  }

  /** The middle of some numbers, NaN of none. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }
}
