package dev.vitrine.kernels.probe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Adds up the layers' times, by choice of algorithm and direction; a sum needs every layer. */
final class VggSums {
  private final String who;
  private final int batch;
  private final TensorLayout layout;
  private final Precision precision;
  private final int layers;
  private final Map<String, Map<Direction, Map<String, Double>>> millis = new LinkedHashMap<>();

  /**
   * @param layers how many layers a whole sum has
   */
  VggSums(String who, int batch, TensorLayout layout, Precision precision, int layers) {
    this.who = who;
    this.batch = batch;
    this.layout = layout;
    this.precision = precision;
    this.layers = layers;
  }

  void add(String choice, Direction direction, String layer, double time) {
    millis
        .computeIfAbsent(choice, c -> new EnumMap<>(Direction.class))
        .computeIfAbsent(direction, d -> new LinkedHashMap<>())
        .put(layer, time);
  }

  /** Counts a layer that has another's shape with that layer's times. */
  void repeat(String measured, String layer) {
    for (Map<Direction, Map<String, Double>> directions : millis.values()) {
      for (Map<String, Double> times : directions.values()) {
        Double time = times.get(measured);
        if (time != null) {
          times.put(layer, time);
        }
      }
    }
  }

  /** One row per choice of algorithm. */
  List<SumRow> rows(Direction... directions) {
    List<SumRow> rows = new ArrayList<>();
    millis.forEach(
        (choice, times) -> {
          Map<Direction, Double> sums = new EnumMap<>(Direction.class);
          for (Direction direction : directions) {
            Map<String, Double> of = times.getOrDefault(direction, Map.of());
            if (of.size() == layers) {
              sums.put(direction, of.values().stream().mapToDouble(Double::doubleValue).sum());
            }
          }
          rows.add(new SumRow(who, batch, layout.label(), precision.label(), choice, sums));
        });
    return rows;
  }
}
