package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Winograd.PRODUCTS;
import static dev.vitrine.engine.onednn.Winograd.REACH;
import static dev.vitrine.engine.onednn.Winograd.SEGMENT;
import static dev.vitrine.engine.onednn.Winograd.TILE;

import dev.vitrine.engine.backend.PostOp;
import java.util.Arrays;

/**
 * The tiles of the images of a {@link WinogradPlan}, row after row and image after image: from the
 * image to 36 matrices {@code [tiles, in]}, and from 36 matrices {@code [tiles, out]} to the image.
 */
final class WinogradTiles implements Loops.Part {
  private final WinogradPlan.Key key;
  private final int columns;
  private final int rowsOfImage;

  // What the threads of one loop work on.
  private boolean toImage;
  private Block from;
  private Block to;
  private Block bias;
  private int firstRow;
  private int tiles;

  WinogradTiles(WinogradPlan.Key key) {
    this.key = key;
    columns = Winograd.tiles(key.outWidth());
    rowsOfImage = Winograd.tiles(key.outHeight());
  }

  /** Tiles in a row. */
  int columns() {
    return columns;
  }

  /** Rows of tiles of all images. */
  int rows() {
    return key.images() * rowsOfImage;
  }

  /** Transforms the input of a strip of rows. */
  void input(Loops loops, int firstRow, int rows, Block x, Block matrices) {
    toImage = false;
    run(loops, firstRow, rows, key.in(), x, matrices);
  }

  /** Makes the output of a strip of rows; {@code bias} may be null. */
  void output(Loops loops, int firstRow, int rows, Block matrices, Block bias, Block y) {
    this.bias = bias;
    toImage = true;
    run(loops, firstRow, rows, key.out(), matrices, y);
  }

  private void run(Loops loops, int firstRow, int rows, int channels, Block from, Block to) {
    this.firstRow = firstRow;
    this.tiles = rows * columns;
    this.from = from;
    this.to = to;
    loops.run(tiles, segment(channels), PRODUCTS * channels, this);
  }

  /** The tiles of a segment. */
  private static int segment(int channels) {
    return Math.max(1, SEGMENT / channels);
  }

  @Override
  public void run(Loops.Arrays arrays, int first, int end) {
    int channels = toImage ? key.out() : key.in();
    int most = segment(channels);
    if (toImage && bias != null) {
      float[] repeated = arrays.first(most * channels);
      for (int tile = 0; tile < most; tile++) {
        bias.read(0, repeated, tile * channels, channels);
      }
    }
    for (int tile = first; tile < end; ) {
      int column = tile % columns;
      int row = firstRow + tile / columns;
      int count = Math.min(Math.min(most, end - tile), columns - column);
      if (toImage) {
        finish(arrays, tile, row, column, count);
      } else {
        transform(arrays, tile, row, column, count);
      }
      tile += count;
    }
  }

  /** Transforms the input of some tiles that lie side by side. */
  private void transform(Loops.Arrays arrays, int tile, int row, int column, int count) {
    int c = key.in();
    int wide = (TILE * count + REACH - TILE) * c;
    float[][] rows = arrays.bundle(0, REACH, (TILE * segment(c) + REACH - TILE) * c);
    float[][] d = arrays.bundle(1, REACH, segment(c) * c);
    for (int i = 0; i < REACH; i++) {
      readRow(row, i, column, count, rows[i]);
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
        to.write(place(i, j, tile, c), d[j], 0, count * c);
      }
    }
  }

  /** One row of the image under a segment, with zeros around it. */
  private void readRow(int row, int i, int column, int count, float[] into) {
    int c = key.in();
    int line = TILE * (row % rowsOfImage) - key.top() + i;
    int start = TILE * column - key.left();
    int end = start + TILE * count + REACH - TILE;
    int first = Math.min(end, Math.max(0, start));
    int last =
        line < 0 || line >= key.height() ? first : Math.max(first, Math.min(key.width(), end));
    Arrays.fill(into, 0, (first - start) * c, 0);
    if (last > first) {
      long place = ((long) (row / rowsOfImage) * key.height() + line) * key.width() + first;
      from.read(place * c, into, (first - start) * c, (last - first) * c);
    }
    Arrays.fill(into, (last - start) * c, (end - start) * c, 0);
  }

  /** Makes the output of some tiles that lie side by side. */
  private void finish(Loops.Arrays arrays, int tile, int row, int column, int count) {
    int c = key.out();
    int elements = count * c;
    float[][] m = arrays.bundle(2, PRODUCTS, segment(c) * c);
    float[] line = arrays.second(TILE * segment(c) * c);
    for (int i = 0; i < REACH; i++) {
      for (int j = 0; j < REACH; j++) {
        from.read(place(i, j, tile, c), m[REACH * i + j], 0, elements);
      }
      Winograd.output(m, REACH * i, 1, elements);
    }
    for (int j = 0; j < TILE; j++) {
      Winograd.output(m, j, REACH, elements);
    }
    int top = TILE * (row % rowsOfImage);
    int wide = Math.min(TILE * count, key.outWidth() - TILE * column);
    for (int i = 0; i < Math.min(TILE, key.outHeight() - top); i++) {
      for (int j = 0; j < TILE; j++) {
        float[] part = m[REACH * i + j];
        if (bias != null) {
          Winograd.add(arrays.first(elements), part, elements);
        }
        if (key.post() == PostOp.RELU) {
          Winograd.relu(part, elements);
        }
        for (int t = 0; t < count; t++) {
          System.arraycopy(part, t * c, line, (TILE * t + j) * c, c);
        }
      }
      long place = ((long) (row / rowsOfImage) * key.outHeight() + top + i) * key.outWidth();
      to.write((place + TILE * column) * c, line, 0, wide * c);
    }
  }

  /** Where a tile's channels are in one of the 36 matrices. */
  private long place(int i, int j, int tile, int channels) {
    return ((long) (REACH * i + j) * tiles + tile) * channels;
  }
}
