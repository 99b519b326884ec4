package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import java.util.Arrays;
import java.util.List;

/** Convolution kernels {@code [h, w, in, out]} about neutral grey, which is zero. */
public final class FilterGrid {
  private static final int COLUMNS = 16;
  private static final int SIDE = 40;
  private static final int SMALL = 9;

  private FilterGrid() {}

  /**
   * Kernels on three colours, each a tile of its own in rows; its largest absolute weight reaches 0
   * or 255.
   *
   * @param kernel {@code [h, w, 3, out]}
   * @param bgr true if the first of the three is blue
   */
  public static Picture colors(float[] kernel, int[] shape, List<Integer> filters, boolean bgr) {
    int across = Math.min(COLUMNS, filters.size());
    int down = (filters.size() + COLUMNS - 1) / COLUMNS;
    int times = Math.max(1, SIDE / Math.max(shape[0], shape[1]));
    Sheet sheet = new Sheet(down, across, shape[0], shape[1], times);
    for (int i = 0; i < filters.size(); i++) {
      int filter = filters.get(i);
      float largest = 0;
      for (int k = filter; k < kernel.length; k += shape[3]) {
        largest = Math.max(largest, Math.abs(kernel[k]));
      }
      for (int p = 0; p < shape[0] * shape[1]; p++) {
        int color = 0;
        for (int c = 0; c < 3; c++) {
          float weight = kernel[(p * 3 + (bgr ? 2 - c : c)) * shape[3] + filter];
          int shade = largest > 0 ? Math.round(128 + 127 * weight / largest) : 128;
          color = color << 8 | shade;
        }
        sheet.put(i / COLUMNS, i % COLUMNS, p, color);
      }
    }
    return sheet.picture();
  }

  /**
   * Kernels one by one: a row for each filter, a column for each channel that it reads. A filter's
   * largest absolute weight is the colours' end.
   *
   * @param kernel {@code [h, w, in, out]}
   */
  public static Picture matrix(
      float[] kernel, int[] shape, List<Integer> filters, List<Integer> inputs) {
    int times = Math.max(1, SMALL / Math.max(shape[0], shape[1]));
    Sheet sheet = new Sheet(filters.size(), inputs.size(), shape[0], shape[1], times);
    for (int i = 0; i < filters.size(); i++) {
      int filter = filters.get(i);
      float largest = 0;
      for (int k = filter; k < kernel.length; k += shape[3]) {
        largest = Math.max(largest, Math.abs(kernel[k]));
      }
      for (int j = 0; j < inputs.size(); j++) {
        for (int p = 0; p < shape[0] * shape[1]; p++) {
          float weight = kernel[(p * shape[2] + inputs.get(j)) * shape[3] + filter];
          float share = largest > 0 ? 0.5f + weight / largest / 2 : 0.5f;
          sheet.put(i, j, p, ColorMap.DIVERGING.rgb(share));
        }
      }
    }
    return sheet.picture();
  }

  /** Tiles of one size with a pixel of white between them. */
  private static final class Sheet {
    private final int h;
    private final int w;
    private final int times;
    private final int height;
    private final int width;
    private final byte[] rgb;

    Sheet(int down, int across, int h, int w, int times) {
      this.h = h;
      this.w = w;
      this.times = times;
      this.height = down * (h * times + 1) - 1;
      this.width = across * (w * times + 1) - 1;
      this.rgb = new byte[height * width * 3];
      Arrays.fill(rgb, (byte) 255);
    }

    /** One weight, some pixels high and wide. */
    void put(int row, int column, int p, int color) {
      int top = row * (h * times + 1) + p / w * times;
      int left = column * (w * times + 1) + p % w * times;
      for (int y = top; y < top + times; y++) {
        for (int x = left; x < left + times; x++) {
          int at = (y * width + x) * 3;
          rgb[at] = (byte) (color >> 16);
          rgb[at + 1] = (byte) (color >> 8);
          rgb[at + 2] = (byte) color;
        }
      }
    }

    Picture picture() {
      return Picture.of(height, width, rgb);
    }
  }
}
