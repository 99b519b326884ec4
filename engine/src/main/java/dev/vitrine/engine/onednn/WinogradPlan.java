package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static dev.vitrine.engine.onednn.Winograd.PRODUCTS;
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
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A convolution in Winograd's form: {@link WinogradTiles} are transformed by Java's loops, and the
 * sums over the channels are 36 matrix products of oneDNN. The image goes through in strips of
 * whole rows of tiles, small enough for the processor's cache.
 */
final class WinogradPlan implements Plan {
  /** Tiles that the choice of the kernel's layout is made for, the same for all images. */
  private static final int USUAL_TILES = 128;

  /** The transformed input and output of a strip: some of the last-level cache. */
  private static final long STRIP_BYTES = 8 << 20;

  /** Fewer tiles do not outweigh reading the kernel from memory, four times as large. */
  private static final int FEWEST_TILES = 12;

  private static final int FEWEST_CHANNELS = 64;

  /** Products of the direct sum; with fewer, the gain is lost in a network of other layers. */
  private static final long FEWEST_PRODUCTS = 1 << 27;

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
          && images * Winograd.tiles(outHeight) * Winograd.tiles(outWidth) >= FEWEST_TILES
          && 9L * images * outHeight * outWidth * in * out >= FEWEST_PRODUCTS;
    }

    @Override
    public WinogradPlan make(Library library) {
      return new WinogradPlan(library, this);
    }
  }

  private final Key key;
  private final WinogradTiles tiles;
  private final int stripRows;
  private final Primitive products;
  private final Primitive lastProducts;

  private WinogradPlan(Library library, Key key) {
    this.key = key;
    tiles = new WinogradTiles(key);
    long rowBytes = 4L * PRODUCTS * tiles.columns() * (key.in + key.out);
    stripRows = (int) Math.max(1, Math.min(tiles.rows(), STRIP_BYTES / rowBytes));
    try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
      dnnl_memory_desc any = recipe.tagged(dnnl_format_tag_any, PRODUCTS, key.in, key.out);
      dnnl_memory_desc kernel =
          dnnl_primitive_desc_query_md(
              describe(recipe, USUAL_TILES, any), dnnl_query_exec_arg_md, DNNL_ARG_WEIGHTS);
      products = products(recipe, stripRows * tiles.columns(), kernel);
      int rest = tiles.rows() % stripRows;
      lastProducts = rest == 0 ? null : products(recipe, rest * tiles.columns(), kernel);
    }
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
    long strip = 4L * PRODUCTS * stripRows * tiles.columns();
    Block transformed = memory.take(strip * key.in);
    try {
      Block summed = memory.take(strip * key.out);
      try {
        for (int row = 0; row < tiles.rows(); row += stripRows) {
          int rows = Math.min(stripRows, tiles.rows() - row);
          tiles.input(loops, row, rows, x, transformed);
          (rows == stripRows ? products : lastProducts)
              .run(library, memory, transformed.pointer(), kernel.pointer(), summed.pointer());
          tiles.output(loops, row, rows, summed, bias, y);
        }
      } finally {
        memory.give(summed);
      }
    } finally {
      memory.give(transformed);
    }
  }

  @Override
  public void close() {
    products.close();
    if (lastProducts != null) {
      lastProducts.close();
    }
  }
}
