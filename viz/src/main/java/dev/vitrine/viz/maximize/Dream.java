package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * DeepDream (Mordvintsev, Olah and Tyka, "Inceptionism", 2015): steps uphill from a photograph,
 * first in a small copy, then in larger ones, octaves, into which what the smaller one gained is
 * carried over. Each step adds {@code rate g / mean |g|} to the colours, and clips them.
 *
 * <p>The gradient {@code g} is computed in tiles, so that memory is bounded by a tile and not by
 * the photograph. The image is rolled by a random offset before, so that the tiles' seams lie
 * elsewhere in every step.
 *
 * @param octaves how many sizes, the last one the photograph's own
 * @param scale from each octave to the next
 * @param steps in each octave
 * @param rate how far a step goes on the average, in 255ths from black to white
 * @param tile height and width of a tile at most, in pixels
 */
public record Dream(int octaves, double scale, int steps, double rate, int tile) {

  /** As published: four octaves of ten steps. */
  public static final Dream PUBLISHED = new Dream(4, 1.4, 10, 1.5, 512);

  /**
   * A dream.
   *
   * @param colors {@code [h, w, 3]} in 0..1, RGB
   * @param before the goal of the photograph
   * @param after the goal of the dream
   */
  public record Dreamt(float[] colors, double before, double after) {}

  private record Size(int h, int w) {}

  /** How many pixels all steps pass over: what progress is counted in. */
  public long work(int h, int w) {
    return sizes(h, w).stream().mapToLong(s -> (long) s.h * s.w * steps).sum();
  }

  private List<Size> sizes(int h, int w) {
    List<Size> sizes = new ArrayList<>();
    for (int octave = octaves - 1; octave >= 0; octave--) {
      double smaller = Math.pow(scale, octave);
      sizes.add(
          new Size(
              (int) Math.max(1, Math.round(h / smaller)),
              (int) Math.max(1, Math.round(w / smaller))));
    }
    return sizes;
  }

  /**
   * Dreams.
   *
   * @param photograph {@code [h, w, 3]} in 0..1, RGB
   * @param seed of the rolls
   * @param progress is told of the {@link #work} done since the last time
   * @throws BadInputException if a layer of the goal has no map at the smallest octave
   */
  public Dreamt of(
      Network network,
      Preprocessing preprocessing,
      Goal goal,
      float[] photograph,
      int h,
      int w,
      long seed,
      Film film,
      LongConsumer progress) {
    List<Size> sizes = sizes(h, w);
    checkFits(network, goal, sizes.get(0));
    Backend backend = network.backend();
    Random random = new Random(seed);
    float[] gained = null; // what the octave before added, at its size
    Size last = null;
    float[] image = photograph;
    double before;
    int step = 0;
    try (Ascent ascent = new Ascent(network, preprocessing, goal, List.of(), random)) {
      before = value(ascent, backend, photograph, new Size(h, w));
      for (Size size : sizes) {
        float[] plain = resized(backend, photograph, new Size(h, w), size);
        float[] carried =
            gained == null ? new float[plain.length] : resized(backend, gained, last, size);
        image = new float[plain.length];
        for (int i = 0; i < image.length; i++) {
          image[i] = clipped(plain[i] + carried[i]);
        }
        for (int i = 0; i < steps; i++) {
          show(film, step, size, image);
          image = stepped(ascent, backend, image, size, random);
          step++;
          progress.accept((long) size.h * size.w);
        }
        gained = new float[image.length];
        for (int i = 0; i < gained.length; i++) {
          gained[i] = image[i] - plain[i];
        }
        last = size;
        backend.trim();
      }
      show(film, step, last, image);
      return new Dreamt(image, before, value(ascent, backend, image, last));
    }
  }

  private static void show(Film film, int step, Size size, float[] image) {
    if (film.wants(step)) {
      film.frame(0, size.h, size.w, image);
    }
  }

  private void checkFits(Network network, Goal goal, Size smallest) {
    for (Tile t : tiles(smallest)) {
      try {
        network.shapes(Shape.of(1, t.h, t.w, 3), Listen.only(goal.layers().toArray(String[]::new)));
      } catch (IllegalArgumentException e) {
        throw new BadInputException(
            "the smallest of %d octaves is %d x %d pixels, too small for %s (%s): take fewer octaves, or a larger photograph"
                .formatted(
                    octaves,
                    smallest.w,
                    smallest.h,
                    String.join(", ", goal.layers()),
                    e.getMessage()),
            e);
      }
    }
  }

  private float[] stepped(Ascent ascent, Backend backend, float[] image, Size size, Random random) {
    int down = random.nextInt(size.h);
    int right = random.nextInt(size.w);
    float[] rolled = rolled(image, size, down, right);
    float[] uphill = new float[image.length];
    for (Tile t : tiles(size)) {
      t.put(gradient(ascent, backend, t.cut(rolled, size), t), uphill, size);
    }
    double mean = 0;
    for (float g : uphill) {
      mean += Math.abs(g);
    }
    mean /= uphill.length;
    if (mean > 0) {
      float far = (float) (rate / 255 / mean);
      for (int i = 0; i < rolled.length; i++) {
        rolled[i] = clipped(rolled[i] + far * uphill[i]);
      }
    }
    return rolled(rolled, size, -down, -right);
  }

  /** Weighed by the tile's size: goals are means over what they see. */
  private static float[] gradient(Ascent ascent, Backend backend, float[] colors, Tile t) {
    try (PixelImages images =
            new PixelImages(backend, PixelSpace.COLORS, Shape.of(1, t.h, t.w, 3), colors);
        Scope scope = new Scope(backend)) {
      Tape tape = new Tape(scope);
      tape.watch(images.variable());
      Tensor downhill = ascent.gradient(tape, images);
      float[] uphill = downhill.toFloats();
      float weight = -(float) t.h * t.w;
      for (int i = 0; i < uphill.length; i++) {
        uphill[i] *= weight;
      }
      return uphill;
    }
  }

  private double value(Ascent ascent, Backend backend, float[] image, Size size) {
    double sum = 0;
    for (Tile t : tiles(size)) {
      try (PixelImages images =
          new PixelImages(
              backend, PixelSpace.COLORS, Shape.of(1, t.h, t.w, 3), t.cut(image, size))) {
        sum += ascent.values(images)[0] * t.h * t.w;
      }
    }
    return sum / ((double) size.h * size.w);
  }

  /** Tiles of sizes that differ by a pixel at most. */
  private List<Tile> tiles(Size size) {
    int down = (size.h + tile - 1) / tile;
    int across = (size.w + tile - 1) / tile;
    List<Tile> tiles = new ArrayList<>();
    for (int i = 0; i < down; i++) {
      for (int j = 0; j < across; j++) {
        int top = i * size.h / down;
        int left = j * size.w / across;
        tiles.add(
            new Tile(top, left, (i + 1) * size.h / down - top, (j + 1) * size.w / across - left));
      }
    }
    return tiles;
  }

  private record Tile(int top, int left, int h, int w) {
    float[] cut(float[] image, Size size) {
      float[] part = new float[h * w * 3];
      for (int y = 0; y < h; y++) {
        System.arraycopy(image, at(y, size), part, y * w * 3, w * 3);
      }
      return part;
    }

    void put(float[] part, float[] image, Size size) {
      for (int y = 0; y < h; y++) {
        System.arraycopy(part, y * w * 3, image, at(y, size), w * 3);
      }
    }

    private int at(int y, Size size) {
      return ((top + y) * size.w + left) * 3;
    }
  }

  /** Moved down and to the right; what leaves on one side comes in on the other. */
  private static float[] rolled(float[] image, Size size, int down, int right) {
    float[] rolled = new float[image.length];
    int shift = Math.floorMod(right, size.w) * 3;
    int row = size.w * 3;
    for (int y = 0; y < size.h; y++) {
      int to = Math.floorMod(y + down, size.h) * row;
      System.arraycopy(image, y * row, rolled, to + shift, row - shift);
      System.arraycopy(image, y * row + row - shift, rolled, to, shift);
    }
    return rolled;
  }

  private static float clipped(float color) {
    return Math.min(1, Math.max(0, color));
  }

  private static float[] resized(Backend backend, float[] values, Size from, Size to) {
    if (from.equals(to)) {
      return values;
    }
    try (Scope scope = new Scope(backend)) {
      Tensor x = scope.of(Shape.of(1, from.h, from.w, 3), values);
      Tensor y = scope.make(Shape.of(1, to.h, to.w, 3));
      backend.resample(Interpolation.BICUBIC_ANTIALIASED, x.buffer(), y.buffer());
      return y.toFloats();
    }
  }
}
