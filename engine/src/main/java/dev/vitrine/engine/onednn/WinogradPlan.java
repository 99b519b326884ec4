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
import org.bytedeco.javacpp.Pointer;

/**
 * A convolution in Winograd's form: {@link WinogradTiles} are transformed by Java's loops, and the
 * sums over the channels are 36 matrix products of oneDNN. The tiles go through in strips, small
 * enough for the processor's cache.
 *
 * <p>Of a small kernel each thread takes strips of its own from the image to the image, so that
 * what it has made lies in its own cache. A large kernel is not read by each of them: all work at
 * one strip, and share its products.
 */
final class WinogradPlan implements Plan {
  /** Tiles that the choice of the kernel's layout is made for, the same for all images. */
  private static final int USUAL_TILES = 128;

  /** The transformed input and output of a thread's strip: about its second-level cache. */
  private static final long OWN_STRIP_BYTES = 5 << 18;

  /** The largest kernel, transformed, that each thread reads for itself. */
  private static final long OWN_KERNEL_BYTES = 3 << 20;

  /** The transformed input and output of a shared strip: some of the last-level cache. */
  private static final long SHARED_STRIP_BYTES = 8 << 20;

  /** Fewer tiles do not outweigh reading the kernel from memory, four times as large. */
  private static final int FEWEST_TILES = 12;

  // The transforms grow with the channels, what they save with the pairs of channels.
  private static final int FEWEST_CHANNELS = 32;
  private static final int FEWEST_PAIRS = 2048;

  /** Products of the direct sum; with fewer, what is done once for each image counts. */
  private static final long FEWEST_PRODUCTS = 1 << 24;

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
          && in * out >= FEWEST_PAIRS
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

  /** Whether each thread takes strips of its own. */
  private final boolean own;

  /** The tiles of all strips but the last, which may have fewer. */
  private final int stripTiles;

  private final int strips;
  private final Primitive products;
  private final Primitive lastProducts;

  /** One for each thread that takes strips, or for all. */
  private final Room[] rooms;

  private final Loops.Task ownStrips = this::runOwnStrips;
  private final Loops.Part input = this::transform;
  private final Loops.Part output = this::finish;

  // What the threads of one run work on: fields, since a run allocates nothing.
  private Library library;
  private Block x;
  private Block kernel;
  private Block bias;
  private Block y;
  private int strip;
  private volatile boolean ordinary;

  private WinogradPlan(Library library, Key key) {
    this.key = key;
    tiles = new WinogradTiles(key);
    int threads = library.threads();
    long tileBytes = 4L * PRODUCTS * (key.in + key.out);
    own =
        4L * PRODUCTS * key.in * key.out <= OWN_KERNEL_BYTES
            && tiles.count() >= threads * FEWEST_TILES
            && OpenMp.available();
    stripTiles =
        own
            ? stripTiles(tiles.count(), threads, OWN_STRIP_BYTES / tileBytes)
            : stripTiles(tiles.count(), 1, SHARED_STRIP_BYTES / tileBytes);
    strips = (tiles.count() + stripTiles - 1) / stripTiles;
    rooms = new Room[own ? Math.min(strips, threads) : 1];
    for (int i = 0; i < rooms.length; i++) {
      rooms[i] = new Room();
    }
    int rest = tiles.count() - (strips - 1) * stripTiles;
    try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
      dnnl_memory_desc any = recipe.tagged(dnnl_format_tag_any, PRODUCTS, key.in, key.out);
      dnnl_memory_desc kernel =
          dnnl_primitive_desc_query_md(
              describe(recipe, USUAL_TILES, any), dnnl_query_exec_arg_md, DNNL_ARG_WEIGHTS);
      products = products(recipe, threads, stripTiles, kernel);
      lastProducts = rest == stripTiles ? products : last(recipe, threads, rest, kernel);
    }
  }

  /** The tiles of a strip, at most so many, where each thread takes about as many strips. */
  private static int stripTiles(int tiles, int threads, long most) {
    long atOnce = threads * Math.max(1, most);
    long strips = threads * ((tiles + atOnce - 1) / atOnce);
    return (int) ((tiles + strips - 1) / strips);
  }

  private Primitive last(Recipe recipe, int threads, int rest, dnnl_memory_desc kernel) {
    try {
      return products(recipe, threads, rest, kernel);
    } catch (RuntimeException e) {
      products.close();
      throw e;
    }
  }

  /** The products of a strip, on all threads, or on each of them by itself. */
  private Primitive products(Recipe recipe, int threads, int tiles, dnnl_memory_desc kernel) {
    return own
        ? OpenMp.single(() -> make(recipe, threads, tiles, kernel))
        : make(recipe, 1, tiles, kernel);
  }

  private Primitive make(Recipe recipe, int callers, int tiles, dnnl_memory_desc kernel) {
    return recipe.make(
        callers, describe(recipe, tiles, kernel), DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
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

  /**
   * Computes; {@code bias} may be null.
   *
   * @return whether the output is known to hold neither NaN nor negative infinity
   */
  boolean run(
      Library library,
      NativeMemory memory,
      Loops loops,
      Block x,
      Block kernel,
      Block bias,
      Block y) {
    this.library = library;
    this.x = x;
    this.kernel = kernel;
    this.bias = bias;
    this.y = y;
    ordinary = true;
    try {
      for (Room room : rooms) {
        room.enter(memory);
      }
      if (own) {
        loops.each(rooms.length, ownStrips);
      } else {
        runShared(loops);
      }
      return ordinary;
    } finally {
      for (int i = rooms.length - 1; i >= 0; i--) {
        rooms[i].leave(memory);
      }
    }
  }

  /** What one who works on a strip needs; kept from run to run, but for its memory. */
  private final class Room {
    private final WinogradTiles.Segment segment = tiles.new Segment();
    private final Pointer[] data = new Pointer[3];
    private Block transformed;
    private Block summed;
    private Block scratchpad;

    void enter(NativeMemory memory) {
      long strip = 4L * PRODUCTS * stripTiles;
      transformed = memory.take(strip * key.in);
      summed = memory.take(strip * key.out);
      scratchpad =
          memory.take(Math.max(products.scratchpadBytes(), lastProducts.scratchpadBytes()));
      data[0] = transformed.pointer();
      data[1] = kernel.pointer();
      data[2] = summed.pointer();
    }

    void leave(NativeMemory memory) {
      scratchpad = given(memory, scratchpad);
      summed = given(memory, summed);
      transformed = given(memory, transformed);
    }

    private static Block given(NativeMemory memory, Block block) {
      if (block != null) {
        memory.give(block);
      }
      return null;
    }
  }

  private int tiles(int strip) {
    return Math.min(stripTiles, tiles.count() - strip * stripTiles);
  }

  /** The products of a strip. */
  private void multiply(int caller, int strip, Room room) {
    (strip == strips - 1 ? lastProducts : products)
        .run(library, caller, room.scratchpad, room.data);
  }

  /** One thread's strips, from the image to the image. */
  private void runOwnStrips(Loops.Arrays arrays, int member) {
    Room room = rooms[member];
    int end = strips * (member + 1) / rooms.length;
    for (int own = strips * member / rooms.length; own < end; own++) {
      int count = tiles(own);
      room.segment.begin(own * stripTiles, count);
      tiles.input(arrays, room.segment, 0, count, x, room.transformed);
      multiply(member, own, room);
      if (!tiles.output(arrays, room.segment, 0, count, room.summed, bias, y)) {
        ordinary = false;
      }
    }
  }

  /** All strips, by all threads. */
  private void runShared(Loops loops) {
    for (strip = 0; strip < strips; strip++) {
      loops.run(tiles(strip), 1, PRODUCTS * key.in, input);
      multiply(0, strip, rooms[0]);
      loops.run(tiles(strip), 1, PRODUCTS * key.out, output);
    }
  }

  /** Some tiles of a shared strip out of the image. */
  private void transform(Loops.Arrays arrays, int from, int to) {
    tiles.input(arrays, segment(), from, to, x, rooms[0].transformed);
  }

  /** And into the image. */
  private void finish(Loops.Arrays arrays, int from, int to) {
    if (!tiles.output(arrays, segment(), from, to, rooms[0].summed, bias, y)) {
      ordinary = false;
    }
  }

  private WinogradTiles.Segment segment() {
    WinogradTiles.Segment segment = tiles.new Segment();
    segment.begin(strip * stripTiles, tiles(strip));
    return segment;
  }

  @Override
  public void close() {
    products.close();
    if (lastProducts != products) {
      lastProducts.close();
    }
  }
}
