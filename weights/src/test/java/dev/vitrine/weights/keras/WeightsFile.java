package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Writes files of weights alone, in the layout of the published VGG16's, to be read in tests. */
public final class WeightsFile {
  private static final int[] BLOCKS = {2, 2, 3, 3, 3};

  /** Layers in the file's order, each with its datasets: float arrays of as many axes. */
  private final Map<String, Map<String, Object>> layers = new LinkedHashMap<>();

  /**
   * VGG16's convolutions.
   *
   * @param channels of the first block; 64 in VGG16
   */
  public static WeightsFile ofConvolutions(int channels) {
    WeightsFile file = new WeightsFile();
    int in = 3;
    for (int block = 1; block <= BLOCKS.length; block++) {
      int out = channels << Math.min(block - 1, 3);
      for (int i = 1; i <= BLOCKS[block - 1]; i++) {
        file.with("block" + block + "_conv" + i, 3, 3, in, out);
        in = out;
      }
      file.layers.put("block" + block + "_pool", Map.of());
    }
    return file;
  }

  /** Puts in a layer, at the end or in place of the one of that name. */
  public WeightsFile with(String layer, int... kernel) {
    int channels = kernel[kernel.length - 1];
    double spread = Math.sqrt(2.0 * channels / Shape.of(kernel).size());
    Map<String, Object> datasets = new LinkedHashMap<>();
    datasets.put(layer + "_W_1:0", values(layer.hashCode(), spread, kernel));
    datasets.put(layer + "_b_1:0", values(~layer.hashCode(), 0.1, channels));
    layers.put(layer, datasets);
    return this;
  }

  /** Drops a layer. */
  public WeightsFile without(String layer) {
    layers.remove(layer);
    return this;
  }

  /** Calls each layer something else. */
  WeightsFile numbered() {
    Map<String, Map<String, Object>> old = new LinkedHashMap<>(layers);
    layers.clear();
    old.values().forEach(datasets -> layers.put("layer_" + (layers.size() + 1), datasets));
    return this;
  }

  /** Swaps the places of two layers. */
  WeightsFile swapped(String one, String other) {
    List<Map.Entry<String, Map<String, Object>>> order = new ArrayList<>(layers.entrySet());
    List<String> names = new ArrayList<>(layers.keySet());
    order.add(names.indexOf(one), order.remove(names.indexOf(other)));
    layers.clear();
    order.forEach(entry -> layers.put(entry.getKey(), entry.getValue()));
    return this;
  }

  /** One of a layer's arrays: 0 is the kernel, 1 the bias. */
  public Object array(String layer, int place) {
    return List.copyOf(layers.get(layer).values()).get(place);
  }

  /** Drops a layer's bias. */
  WeightsFile withoutBias(String layer) {
    layers.get(layer).remove(layer + "_b_1:0");
    return this;
  }

  /**
   * Lays the arrays as Keras 1 on Theano did: kernels {@code [out, in, kh, kw]}, rotated; rows
   * after an image of {@code pixels} pixels with the channels first; names without TensorFlow's
   * {@code :0}.
   */
  WeightsFile theano(String afterTheImage, int pixels) {
    layers.replaceAll(
        (layer, datasets) -> {
          Map<String, Object> laid = new LinkedHashMap<>();
          datasets.forEach(
              (name, array) ->
                  laid.put(
                      name.replace(":0", ""),
                      array instanceof float[][][][] kernel
                          ? turned(kernel)
                          : array instanceof float[][] rows && layer.equals(afterTheImage)
                              ? channelsFirst(rows, pixels)
                              : array));
          return laid;
        });
    return this;
  }

  private static float[][][][] turned(float[][][][] k) {
    int h = k.length;
    int w = k[0].length;
    float[][][][] turned = new float[k[0][0][0].length][k[0][0].length][h][w];
    for (int o = 0; o < turned.length; o++) {
      for (int i = 0; i < turned[0].length; i++) {
        for (int y = 0; y < h; y++) {
          for (int x = 0; x < w; x++) {
            turned[o][i][y][x] = k[h - 1 - y][w - 1 - x][i][o];
          }
        }
      }
    }
    return turned;
  }

  private static float[][] channelsFirst(float[][] rows, int pixels) {
    int channels = rows.length / pixels;
    float[][] first = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      first[i % channels * pixels + i / channels] = rows[i];
    }
    return first;
  }

  /** Writes it. */
  public Path write(Path path) {
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putAttribute("layer_names", layers.keySet().toArray(String[]::new));
      layers.forEach(
          (layer, datasets) -> {
            WritableGroup group = file.putGroup(layer);
            if (!datasets.isEmpty()) {
              group.putAttribute("weight_names", datasets.keySet().toArray(String[]::new));
            }
            datasets.forEach(group::putDataset);
          });
    }
    return path;
  }

  private static Object values(int seed, double spread, int... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    Object array = Array.newInstance(float.class, shape);
    fill(array, random, spread * Math.sqrt(12));
    return array;
  }

  private static void fill(Object array, SplittableRandom random, double range) {
    if (array instanceof float[] row) {
      for (int i = 0; i < row.length; i++) {
        row[i] = (float) (range * (random.nextDouble() - 0.5));
      }
    } else {
      for (Object part : (Object[]) array) {
        fill(part, random, range);
      }
    }
  }
}
