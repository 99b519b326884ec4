package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights from a seeded generator in place of a file's, the same floats as seeded.py makes. Number
 * i of an array is the top 24 bits of SplitMix64's i-th output, seeded by the 64 bit FNV-1a hash of
 * the array's name, put between two limits.
 */
final class GeneratedWeights implements WeightsLayout {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  /** Each layer's arrays, by their names and in their order. */
  private final Map<String, Map<String, Shape>> layers = new LinkedHashMap<>();

  private final Map<String, Integer> inputs = new LinkedHashMap<>();

  /** A kernel: {@code inputs} is how many numbers each of its outputs is a sum of. */
  void add(String layer, String role, Shape shape, int summands) {
    layers.computeIfAbsent(layer, k -> new LinkedHashMap<>()).put(role, shape);
    inputs.put(layer + "/" + role, summands);
  }

  /** The layers that have weights. */
  int size() {
    return layers.size();
  }

  @Override
  public StoredLayer of(LayerConfig layer) {
    List<String> modules = layer.settings().modules();
    String torch = modules.isEmpty() ? "" : modules.get(0);
    boolean isTorch = layers.containsKey(torch);
    String place = isTorch ? torch : layer.name();
    Map<String, Shape> arrays = layers.getOrDefault(place, Map.of());
    return new StoredLayer(
        place,
        true,
        new ArrayList<>(arrays.keySet()),
        role ->
            Optional.of(
                array(
                    place + (isTorch ? "." : "/") + role,
                    role,
                    arrays.get(role),
                    inputs.get(place + "/" + role))));
  }

  @Override
  public String remedy() {
    return "make the goldens again";
  }

  private static StoredArray array(String name, String role, Shape shape, int summands) {
    if (shape.rank() > 1) {
      double bound = Math.sqrt(6.0 / summands);
      return new Uniform(name, shape, -bound, bound);
    }
    boolean aroundOne = List.of("gamma", "moving_variance", "running_var", "weight").contains(role);
    return aroundOne ? new Uniform(name, shape, 0.8, 1.2) : new Uniform(name, shape, -0.1, 0.1);
  }

  /** Numbers between two limits. */
  static float[] uniform(String name, int count, double low, double high) {
    float[] all = new float[count];
    new Uniform(name, Shape.of(count), low, high)
        .read((from, values, n) -> System.arraycopy(values, 0, all, (int) from, n));
    return all;
  }

  private record Uniform(String name, Shape shape, double low, double high) implements StoredArray {

    @Override
    public void check() {}

    @Override
    public void read(Slices to) {
      long seed = fnv1a(name);
      float[] slice = new float[(int) Math.min(1 << 17, shape.size())];
      for (long at = 0; at < shape.size(); at += slice.length) {
        int count = (int) Math.min(slice.length, shape.size() - at);
        for (int i = 0; i < count; i++) {
          long z = seed + (at + i + 1) * STEP;
          z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
          z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
          z = (z ^ z >>> 31) >>> 40;
          slice[i] = (float) (low + (high - low) * ((double) z / (1 << 24)));
        }
        to.take(at, slice, count);
      }
    }

    private static long fnv1a(String name) {
      long value = 0xCBF29CE484222325L;
      for (byte b : name.getBytes(UTF_8)) {
        value = (value ^ (b & 0xff)) * 0x100000001B3L;
      }
      return value;
    }
  }
}
