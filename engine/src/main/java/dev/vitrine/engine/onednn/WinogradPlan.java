package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static dev.vitrine.engine.onednn.Winograd.PRODUCTS;
import static dev.vitrine.engine.onednn.Winograd.REACH;
import static dev.vitrine.engine.onednn.Winograd.TILE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_desc_query_md;
import static org.bytedeco.dnnl.global.dnnl.dnnl_query_exec_arg_md;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.util.Arrays;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A convolution in Winograd's form: tiles are transformed by Java's loops, and the sums over the
 * channels are 36 matrix products of oneDNN. The image goes through in strips of whole rows of
 * tiles, small enough for the processor's cache.
 */
final class WinogradPlan implements Plan, Loops.Part {
  /** Tiles that the choice of the kernel's layout is made for, the same for all images. */
  private static final int USUAL_TILES = 128;

  /** The transformed input and output of a strip: some of the last-level cache. */
  private static final long STRIP_BYTES = 8 << 20;

  /** Fewer tiles do not outweigh reading the kernel from memory, four times as large. */
  private static final int FEWEST_TILES = 12;

  private static final int FEWEST_CHANNELS = 64;

  /** Products of the direct sum; with fewer, starting the threads costs more than is gained. */
  private static final long FEWEST_PRODUCTS = 1 << 26;

  /** Elements that a transform works on at a time: 42 arrays of them stay in the cache. */
  private static final int SEGMENT = 512;

  /** Everything that a plan depends on; the image, the channels and the padding of its input. */
  record Key(
      boolean rotated,
      int images,
      int height,
      int width,
      int in,
      int out,
      int top,
      int left,
      int outHeight,
      int outWidth,
      PostOp post)
      implements Primitives.Key<WinogradPlan> {

    static Key forward(Convolution convolution, Shape x, Shape kernel, PostOp post) {
      Window w = convolution.window();
      return new Key(
          false,
          x.dim(0),
          x.dim(1),
          x.dim(2),
          x.dim(3),
          kernel.dim(3),
          w.padTop(),
          w.padLeft(),
          w.outputH(x.dim(1)),
          w.outputW(x.dim(2)),
          post);
    }

    /** Of the gradient at {@code x}: from the output's shape to the input's. */
    static Key rotated(Convolution convolution, Shape x, Shape kernel) {
      Window w = convolution.window();
      return new Key(
          true,
          x.dim(0),
          w.outputH(x.dim(1)),
          w.outputW(x.dim(2)),
          kernel.dim(3),
          x.dim(3),
          2 - w.padTop(),
          2 - w.padLeft(),
          x.dim(1),
          x.dim(2),
          PostOp.NONE);
    }

    /** Whether it is worth it. */
    boolean pays() {
      return Math.min(in, out) >= FEWEST_CHANNELS
          && images * tiles(outHeight) * tiles(outWidth) >= FEWEST_TILES
          && 9L * images * outHeight * outWidth * in * out >= FEWEST_PRODUCTS;
    }

    @Override
    public WinogradPlan make(Library library) {
      return new WinogradPlan(library, this);
    }
  }

  private enum Phase {
    INPUT,
    OUTPUT
  }

  private final Key key;
  private final int tileRows;
  private final int tileColumns;
  private final int stripRows;
  private final Primitive products;
  private final Primitive lastProducts;

  // What the parts of one run work on.
  private Phase phase;
  private Block x;
  private Block bias;
  private Block y;
  private Block transformed;
  private Block summed;
  private int firstRow;
  private int stripTiles;

  private WinogradPlan(Library library, Key key) {
    this.key = key;
    tileColumns = tiles(key.outWidth);
    tileRows = key.images * tiles(key.outHeight);
    long rowBytes = 4L * PRODUCTS * tileColumns * (key.in + key.out);
    stripRows = (int) Math.max(1, Math.min(tileRows, STRIP_BYTES / rowBytes));
    try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
      dnnl_memory_desc any = recipe.tagged(dnnl_format_tag_any, PRODUCTS, key.in, key.out);
      dnnl_memory_desc kernel =
          dnnl_primitive_desc_query_md(
              describe(recipe, USUAL_TILES, any), dnnl_query_exec_arg_md, DNNL_ARG_WEIGHTS);
      products = products(recipe, stripRows * tileColumns, kernel);
      int rest = tileRows % stripRows;
      lastProducts = rest == 0 ? null : products(recipe, rest * tileColumns, kernel);
    }
  }

  private static int tiles(int side) {
    return (side + TILE - 1) / TILE;
  }

  private Primitive products(Recipe recipe, int tiles, dnnl_memory_desc kernel) {
    return recipe.make(
        describe(recipe, tiles, kernel), DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
  }

  private dnnl_primitive_desc describe(Recipe recipe, int tiles, dnnl_memory_desc kernel) {
    dnnl_primitive_desc description = recipe.description();
    check(
        dnnl_matmul_primitive_desc_create(
            description,
            recipe.engine(),
            matrices(recipe, tiles, key.in),
            kernel,
            null,
            matrices(recipe, tiles, key.out),
            recipe.attributes()),
        "the matrix products of " + key);
    return description;
  }

  private static dnnl_memory_desc matrices(Recipe recipe, long rows, long columns) {
    return recipe.strided(
        new long[] {PRODUCTS, rows, columns}, new long[] {rows * columns, columns, 1});
  }

  boolean rotated() {
    return key.rotated;
  }

  /** The channels that come in and go out. */
  int in() {
    return key.in;
  }

  int out() {
    return key.out;
  }

  /** How the transformed kernel, {@code [36, in, out]}, is to lie. */
  dnnl_memory_desc kernelLayout() {
    return products.layout(ConvolutionPlan.KERNEL);
  }

  long kernelBytes() {
    return products.bytes(ConvolutionPlan.KERNEL);
  }

  /** Computes; {@code bias} may be null. */
  void run(
      Library library,
      NativeMemory memory,
      Loops loops,
      Block x,
      Block kernel,
      Block bias,
      Block y) {
    this.x = x;
    this.bias = bias;
    this.y = y;
    long strip = 4L * PRODUCTS * stripRows * tileColumns;
    transformed = memory.take(strip * key.in);
    summed = memory.take(strip * key.out);
    for (firstRow = 0; firstRow < tileRows; firstRow += stripRows) {
      int rows = Math.min(stripRows, tileRows - firstRow);
      stripTiles = rows * tileColumns;
      phase = Phase.INPUT;
      loops.run(stripTiles, segment(key.in), PRODUCTS * key.in, this);
      (rows == stripRows ? products : lastProducts)
          .run(library, memory, transformed.pointer(), kernel.pointer(), summed.pointer());
      phase = Phase.OUTPUT;
      loops.run(stripTiles, segment(key.out), PRODUCTS * key.out, this);
    }
    memory.give(transformed);
    memory.give(summed);
  }

  /** The tiles of a segment. */
  private static int segment(int channels) {
    return Math.max(1, SEGMENT / channels);
  }

  @Override
  public void run(Loops.Arrays arrays, int from, int to) {
    int channels = phase == Phase.INPUT ? key.in : key.out;
    int most = segment(channels);
    if (phase == Phase.OUTPUT && bias != null) {
      float[] repeated = arrays.first(most * channels);
      for (int tile = 0; tile < most; tile++) {
        bias.read(0, repeated, tile * channels, channels);
      }
    }
    for (int tile = from; tile < to; ) {
      int column = tile % tileColumns;
      int row = firstRow + tile / tileColumns;
      int count = Math.min(Math.min(most, to - tile), tileColumns - column);
      if (phase == Phase.INPUT) {
        transform(arrays, tile, row, column, count);
      } else {
        finish(arrays, tile, row, column, count);
      }
      tile += count;
    }
  }

  /** Transforms the input of some tiles that lie side by side. */
  private void transform(Loops.Arrays arrays, int tile, int row, int column, int count) {
    int c = key.in;
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
        transformed.write(place(i, j, tile, c), d[j], 0, count * c);
      }
    }
  }

  /** One row of the image under a segment, with zeros around it. */
  private void readRow(int row, int i, int column, int count, float[] to) {
    int c = key.in;
    int perImage = tileRows / key.images;
    int line = TILE * (row % perImage) - key.top + i;
    int start = TILE * column - key.left;
    int end = start + TILE * count + REACH - TILE;
    int first = Math.min(end, Math.max(0, start));
    int last = line < 0 || line >= key.height ? first : Math.max(first, Math.min(key.width, end));
    Arrays.fill(to, 0, (first - start) * c, 0);
    if (last > first) {
      long place = ((long) (row / perImage) * key.height + line) * key.width + first;
      x.read(place * c, to, (first - start) * c, (last - first) * c);
    }
    Arrays.fill(to, (last - start) * c, (end - start) * c, 0);
  }

  /** Makes the output of some tiles that lie side by side. */
  private void finish(Loops.Arrays arrays, int tile, int row, int column, int count) {
    int c = key.out;
    int elements = count * c;
    float[][] m = arrays.bundle(2, PRODUCTS, segment(c) * c);
    float[] line = arrays.second(TILE * segment(c) * c);
    for (int i = 0; i < REACH; i++) {
      for (int j = 0; j < REACH; j++) {
        summed.read(place(i, j, tile, c), m[REACH * i + j], 0, elements);
      }
      Winograd.output(m, REACH * i, 1, elements);
    }
    for (int j = 0; j < TILE; j++) {
      Winograd.output(m, j, REACH, elements);
    }
    int perImage = tileRows / key.images;
    int top = TILE * (row % perImage);
    int wide = Math.min(TILE * count, key.outWidth - TILE * column);
    for (int i = 0; i < Math.min(TILE, key.outHeight - top); i++) {
      for (int j = 0; j < TILE; j++) {
        float[] part = m[REACH * i + j];
        if (bias != null) {
          Winograd.add(arrays.first(elements), part, elements);
        }
        if (key.post == PostOp.RELU) {
          Winograd.relu(part, elements);
        }
        for (int t = 0; t < count; t++) {
          System.arraycopy(part, t * c, line, (TILE * t + j) * c, c);
        }
      }
      long place = ((long) (row / perImage) * key.outHeight + top + i) * key.outWidth;
      y.write((place + TILE * column) * c, line, 0, wide * c);
    }
  }

  /** Where a tile's channels are in one of the 36 matrices. */
  private long place(int i, int j, int tile, int channels) {
    return ((long) (REACH * i + j) * stripTiles + tile) * channels;
  }

  @Override
  public void close() {
    products.close();
    if (lastProducts != null) {
      lastProducts.close();
    }
  }
}
