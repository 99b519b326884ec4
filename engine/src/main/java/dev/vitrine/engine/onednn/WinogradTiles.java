package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Winograd.PRODUCTS;
import static dev.vitrine.engine.onednn.Winograd.REACH;
import static dev.vitrine.engine.onednn.Winograd.SEGMENT;
import static dev.vitrine.engine.onednn.Winograd.TILE;

import dev.vitrine.engine.backend.PostOp;
import java.util.Arrays;

/**
 * The tiles of the images of a {@link WinogradPlan}, numbered row after row and image after image:
 * from the image to 36 matrices {@code [tiles, in]}, and from 36 matrices {@code [tiles, out]} to
 * the image. The matrices are those of a strip of some tiles.
 */
final class WinogradTiles {
  private final WinogradPlan.Key key;
  private final int columns;
  private final int rowsOfImage;

  WinogradTiles(WinogradPlan.Key key) {
    this.key = key;
    columns = Winograd.tiles(key.outWidth());
    rowsOfImage = Winograd.tiles(key.outHeight());
  }

  /** The tiles of all images. */
  int count() {
    return key.images() * rowsOfImage * columns;
  }

  /**
   * What a thread works on: a strip of tiles, and of it some that lie side by side in a row. One
   * object for a whole loop, since there are thousands of them in a pass.
   */
  final class Segment {
    private int first;
    private int strip;
    private int place;
    private int row;
    private int column;
    private int count;

    /** Begins a strip of tiles from one of them on. */
    void begin(int first, int strip) {
      this.first = first;
      this.strip = strip;
    }

    /** Moves to those from one of the strip on, in an array of at most so many elements. */
    private void move(int place, int end, int channels) {
      this.place = place;
      row = (first + place) / columns;
      column = (first + place) % columns;
      count = Math.min(Math.min(most(channels), end - place), columns - column);
    }

    /** The row of tiles in its image. */
    private int rowOfImage() {
      return row % rowsOfImage;
    }

    private int image() {
      return row / rowsOfImage;
    }

    /** Where its channels are in one of the 36 matrices. */
    private long place(int i, int j, int channels) {
      return ((long) (REACH * i + j) * strip + place) * channels;
    }
  }

  /** The most tiles of a segment. */
  private static int most(int channels) {
    return Math.max(1, SEGMENT / channels);
  }

  /** Transforms the input of the tiles {@code from .. to - 1} of a strip. */
  void input(Loops.Arrays arrays, Segment segment, int from, int to, Block x, Block matrices) {
    for (int tile = from; tile < to; tile += segment.count) {
      segment.move(tile, to, key.in());
      transform(arrays, segment, x, matrices);
    }
  }

  private void transform(Loops.Arrays arrays, Segment segment, Block x, Block matrices) {
    int c = key.in();
    int count = segment.count;
    int wide = (TILE * count + REACH - TILE) * c;
    float[][] rows = arrays.bundle(0, REACH, (TILE * most(c) + REACH - TILE) * c);
    float[][] d = arrays.bundle(1, REACH, most(c) * c);
    for (int i = 0; i < REACH; i++) {
      readRow(segment, i, x, rows[i]);
    }
    Winograd.input(rows, 0, 1, wide);
    for (int i = 0; i < REACH; i++) {
      for (int j = 0; j < REACH; j++) {
        for (int t = 0; t < count; t++) {
          System.arraycopy(rows[i], (TILE * t + j) * c, d[j], t * c, c);
        }
      }
      Winograd.input(d, 0, 1, count * c);
      for (int j = 0; j < REACH; j++) {
        matrices.write(segment.place(i, j, c), d[j], 0, count * c);
      }
    }
  }

  /** One row of the image under a segment, with zeros around it. */
  private void readRow(Segment segment, int i, Block x, float[] into) {
    int c = key.in();
    int line = TILE * segment.rowOfImage() - key.top() + i;
    int start = TILE * segment.column - key.left();
    int end = start + TILE * segment.count + REACH - TILE;
    int first = Math.min(end, Math.max(0, start));
    int last =
        line < 0 || line >= key.height() ? first : Math.max(first, Math.min(key.width(), end));
    Arrays.fill(into, 0, (first - start) * c, 0);
    if (last > first) {
      long place = ((long) segment.image() * key.height() + line) * key.width() + first;
      x.read(place * c, into, (first - start) * c, (last - first) * c);
    }
    Arrays.fill(into, (last - start) * c, (end - start) * c, 0);
  }

  /**
   * Makes the output of the tiles {@code from .. to - 1} of a strip; {@code bias} may be null.
   *
   * @return whether it is known to hold neither NaN nor negative infinity
   */
  boolean output(
      Loops.Arrays arrays, Segment segment, int from, int to, Block matrices, Block bias, Block y) {
    int elements = most(key.out()) * key.out();
    float[] added = arrays.first(elements);
    float[] seen = arrays.second(elements);
    Arrays.fill(seen, 0);
    Arrays.fill(added, 0);
    for (int at = 0; bias != null && at < elements; at += key.out()) {
      bias.read(0, added, at, key.out());
    }
    for (int tile = from; tile < to; tile += segment.count) {
      segment.move(tile, to, key.out());
      sum(arrays, segment, matrices);
      write(arrays, segment, bias != null, y);
    }
    return key.post() == PostOp.RELU && numbers(seen, elements);
  }

  private static boolean numbers(float[] seen, int count) {
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(seen[i])) {
        return false;
      }
    }
    return true;
  }

  /** Makes 4 by 4 arrays of 36, in a bundle. */
  private void sum(Loops.Arrays arrays, Segment segment, Block matrices) {
    int c = key.out();
    int elements = segment.count * c;
    float[][] m = arrays.bundle(2, PRODUCTS, most(c) * c);
    for (int i = 0; i < REACH; i++) {
      for (int j = 0; j < REACH; j++) {
        matrices.read(segment.place(i, j, c), m[REACH * i + j], 0, elements);
      }
      Winograd.output(m, REACH * i, 1, elements);
    }
    for (int j = 0; j < TILE; j++) {
      Winograd.output(m, j, REACH, elements);
    }
  }

  /** Writes the arrays' numbers into the image. */
  private void write(Loops.Arrays arrays, Segment segment, boolean biased, Block y) {
    int c = key.out();
    int count = segment.count;
    int elements = count * c;
    float[][] m = arrays.bundle(2, PRODUCTS, most(c) * c);
    float[] added = arrays.first(elements);
    float[] seen = arrays.second(elements);
    float[] line = arrays.third(TILE * most(c) * c);
    int top = TILE * segment.rowOfImage();
    int wide = Math.min(TILE * count, key.outWidth() - TILE * segment.column);
    for (int i = 0; i < Math.min(TILE, key.outHeight() - top); i++) {
      for (int j = 0; j < TILE; j++) {
        float[] part = m[REACH * i + j];
        if (key.post() == PostOp.RELU) {
          Winograd.addAndRelu(added, part, seen, elements);
        } else if (biased) {
          Winograd.add(added, part, elements);
        }
        for (int t = 0; t < count; t++) {
          System.arraycopy(part, t * c, line, (TILE * t + j) * c, c);
        }
      }
      long row = ((long) segment.image() * key.outHeight() + top + i) * key.outWidth();
      y.write((row + TILE * segment.column) * c, line, 0, wide * c);
    }
  }
}
