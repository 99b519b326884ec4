package dev.vitrine.bench;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A stand-in for the published VGG16 weights: the same layers, datasets and size, with numbers out
 * of {@link Mixed}. It takes some seconds to write.
 */
public final class Vgg16File {
  /** Rows, layer by layer: a kernel's height and width, then what goes in and comes out. */
  private static final Map<String, int[]> LAYERS = layers();

  private Vgg16File() {}

  private static Map<String, int[]> layers() {
    Map<String, int[]> layers = new LinkedHashMap<>();
    int in = 3;
    int[][] blocks = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
    for (int b = 0; b < blocks.length; b++) {
      for (int i = 1; i <= blocks[b][1]; i++) {
        layers.put("block%d_conv%d".formatted(b + 1, i), new int[] {3, 3, in, blocks[b][0]});
        in = blocks[b][0];
      }
      layers.put("block%d_pool".formatted(b + 1), new int[0]);
    }
    layers.put("flatten", new int[0]);
    layers.put("fc1", new int[] {7 * 7 * 512, 4096});
    layers.put("fc2", new int[] {4096, 4096});
    layers.put("predictions", new int[] {4096, 1000});
    return layers;
  }

  /** Writes the file. */
  public static void write(Path path) {
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putAttribute("layer_names", LAYERS.keySet().toArray(String[]::new));
      List<String> written = new ArrayList<>();
      LAYERS.forEach(
          (layer, kernel) -> {
            WritableGroup group = file.putGroup(layer);
            if (kernel.length > 0) {
              String[] names = {layer + "_W_1:0", layer + "_b_1:0"};
              group.putAttribute("weight_names", names);
              group.putDataset(names[0], array(written.size(), kernel));
              group.putDataset(names[1], new float[kernel[kernel.length - 1]]);
              written.add(layer);
            }
          });
    }
  }

  private static Object array(int number, int[] shape) {
    int out = shape[shape.length - 1];
    int in = shape[shape.length - 2];
    if (shape.length == 2) {
      return rows(number, 0, in, out);
    }
    float[][][][] kernel = new float[shape[0]][shape[1]][][];
    for (int tap = 0; tap < shape[0] * shape[1]; tap++) {
      kernel[tap / shape[1]][tap % shape[1]] = rows(number, tap * in, in, out);
    }
    return kernel;
  }

  private static float[][] rows(int number, int first, int count, int columns) {
    float[][] rows = new float[count][columns];
    for (int r = 0; r < count; r++) {
      for (int c = 0; c < columns; c++) {
        rows[r][c] = 0.01f * Mixed.value(number, (long) (first + r) * columns + c);
      }
    }
    return rows;
  }

  /** The first weights of a layer in the file, to be held against what was read. */
  public static float[] start(String layer, int count) {
    int number = 0;
    for (Map.Entry<String, int[]> entry : LAYERS.entrySet()) {
      if (entry.getKey().equals(layer)) {
        return Mixed.values(number, count, 0.01f);
      }
      number += entry.getValue().length > 0 ? 1 : 0;
    }
    throw new IllegalArgumentException(layer + " is no layer of VGG16");
  }
}
