package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Taps;
import java.util.Arrays;

/** Resampling and warping of images, and their transposes, row by row. */
final class Geometry {
  /** From here on a copy of a pixel costs less than a loop over it without vectors. */
  private static final int MANY_CHANNELS = 16;

  private final Primitives primitives;
  private final Loops loops;

  Geometry(Primitives primitives, Loops loops) {
    this.primitives = primitives;
    this.loops = loops;
  }

  // ---- resampling ----

  /** What the taps of one axis depend on; the transposed ones go from {@code out} to {@code in}. */
  private record Key(Interpolation kind, int in, int out, boolean transposed)
      implements Primitives.Key<Axis> {

    @Override
    public Axis make(Library library) {
      Taps taps = Taps.of(kind, in, out);
      Taps used = transposed ? taps.transposed() : taps;
      double[] exact = used.weights();
      float[] weights = new float[exact.length];
      for (int i = 0; i < exact.length; i++) {
        weights[i] = (float) exact[i];
      }
      return new Axis(used.starts(), used.indices(), weights);
    }
  }

  /** The taps of one axis, as {@link Taps} has them. */
  private record Axis(int[] starts, int[] indices, float[] weights) implements Plan {
    @Override
    public void close() {}
  }

  void resample(Interpolation kind, Block x, Shape xShape, Block y, Shape yShape) {
    apply(
        axis(new Key(kind, xShape.dim(1), yShape.dim(1), false)),
        axis(new Key(kind, xShape.dim(2), yShape.dim(2), false)),
        x,
        xShape,
        y,
        yShape);
  }

  void resampleBackward(Interpolation kind, Block gradY, Shape yShape, Block gradX, Shape xShape) {
    apply(
        axis(new Key(kind, xShape.dim(1), yShape.dim(1), true)),
        axis(new Key(kind, xShape.dim(2), yShape.dim(2), true)),
        gradY,
        yShape,
        gradX,
        xShape);
  }

  private Axis axis(Key key) {
    return primitives.get(key);
  }

  private void apply(Axis rows, Axis columns, Block x, Shape from, Block y, Shape to) {
    int channels = from.dim(3);
    int wide = from.dim(2) * channels;
    int outWide = to.dim(2) * channels;
    loops.run(
        to.dim(0) * to.dim(1),
        1,
        outWide + wide,
        (arrays, first, end) -> {
          float[] buffer = arrays.first(wide);
          float[] mixed = arrays.second(wide);
          float[] out = arrays.third(outWide);
          for (int row = first; row < end; row++) {
            int n = row / to.dim(1);
            int i = row % to.dim(1);
            Arrays.fill(mixed, 0, wide, 0);
            for (int k = rows.starts[i]; k < rows.starts[i + 1]; k++) {
              long place = ((long) n * from.dim(1) + rows.indices[k]) * wide;
              x.read(place, buffer, 0, wide);
              add(rows.weights[k], buffer, mixed, wide);
            }
            if (channels < MANY_CHANNELS) {
              mix(columns, mixed, out, to.dim(2), channels);
            } else {
              mixPixels(columns, mixed, out, to.dim(2), channels, arrays);
            }
            y.write((long) row * outWide, out, 0, outWide);
          }
        });
  }

  private static void add(float weight, float[] from, float[] to, int count) {
    for (int i = 0; i < count; i++) {
      to[i] += weight * from[i];
    }
  }

  /** The pixels of one row. */
  private static void mix(Axis columns, float[] from, float[] to, int width, int channels) {
    Arrays.fill(to, 0, width * channels, 0);
    for (int j = 0; j < width; j++) {
      for (int k = columns.starts[j]; k < columns.starts[j + 1]; k++) {
        int source = columns.indices[k] * channels;
        int target = j * channels;
        float weight = columns.weights[k];
        for (int c = 0; c < channels; c++) {
          to[target + c] += weight * from[source + c];
        }
      }
    }
  }

  /** As {@link #mix}, with each pixel in an array of its own: from 0 on, loops become vectors. */
  private static void mixPixels(
      Axis columns, float[] from, float[] to, int width, int channels, Loops.Arrays arrays) {
    float[] tap = arrays.first(channels);
    float[] pixel = arrays.fourth(channels);
    for (int j = 0; j < width; j++) {
      Arrays.fill(pixel, 0, channels, 0);
      for (int k = columns.starts[j]; k < columns.starts[j + 1]; k++) {
        System.arraycopy(from, columns.indices[k] * channels, tap, 0, channels);
        add(columns.weights[k], tap, pixel, channels);
      }
      System.arraycopy(pixel, 0, to, j * channels, channels);
    }
  }

  // ---- warping ----

  void warp(Affine affine, Block x, Shape xShape, Block y, Shape yShape) {
    int image = (int) (xShape.size() / xShape.dim(0));
    float[] source = Loops.Arrays.own().second(image);
    int wide = yShape.dim(2) * yShape.dim(3);
    for (int n = 0; n < yShape.dim(0); n++) {
      x.read((long) n * image, source, 0, image);
      long start = (long) n * yShape.dim(1) * wide;
      loops.run(
          yShape.dim(1),
          1,
          4 * wide,
          (arrays, first, end) -> {
            float[] row = arrays.first(wide);
            for (int i = first; i < end; i++) {
              Arrays.fill(row, 0, wide, 0);
              for (int j = 0; j < yShape.dim(2); j++) {
                corners(affine, xShape, i, j, source, row, false);
              }
              y.write(start + (long) i * wide, row, 0, wide);
            }
          });
    }
  }

  /** One image after the other and in one thread: its pixels overlap. */
  void warpBackward(Affine affine, Block gradY, Shape yShape, Block gradX, Shape xShape) {
    int image = (int) (xShape.size() / xShape.dim(0));
    Loops.Arrays arrays = Loops.Arrays.own();
    float[] target = arrays.second(image);
    int wide = yShape.dim(2) * yShape.dim(3);
    float[] row = arrays.first(wide);
    for (int n = 0; n < yShape.dim(0); n++) {
      Arrays.fill(target, 0, image, 0);
      for (int i = 0; i < yShape.dim(1); i++) {
        gradY.read(((long) n * yShape.dim(1) + i) * wide, row, 0, wide);
        for (int j = 0; j < yShape.dim(2); j++) {
          corners(affine, xShape, i, j, target, row, true);
        }
      }
      gradX.write((long) n * image, target, 0, image);
    }
  }

  /**
   * The four input pixels around the point that output pixel {@code (i, j)} looks at.
   *
   * @param image the input image, which is added to if {@code back} is set
   * @param row a row of the output, which is added to if it is not
   */
  private static void corners(
      Affine map, Shape shape, int i, int j, float[] image, float[] row, boolean back) {
    double y = map.a() * i + map.b() * j + map.c();
    double x = map.d() * i + map.e() * j + map.f();
    double above = Math.floor(y);
    double left = Math.floor(x);
    int channels = shape.dim(3);
    for (int corner = 0; corner < 4; corner++) {
      double r = above + corner / 2;
      double s = left + corner % 2;
      if (!(r >= 0 && r < shape.dim(1) && s >= 0 && s < shape.dim(2))) {
        continue; // zero outside
      }
      float weight = (float) ((1 - Math.abs(y - r)) * (1 - Math.abs(x - s)));
      int in = ((int) r * shape.dim(2) + (int) s) * channels;
      int out = j * channels;
      for (int c = 0; c < channels; c++) {
        if (back) {
          image[in + c] += weight * row[out + c];
        } else {
          row[out + c] += weight * image[in + c];
        }
      }
    }
  }
}
