package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.onednn.PoolingPlan.Key;
import dev.vitrine.engine.onednn.PoolingPlan.Kind;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.Pointer;

/**
 * Pooling by oneDNN; its workspace is our switches. oneDNN's maximum starts from the smallest
 * finite number and so overlooks NaN and negative infinity: an image that has any is pooled by a
 * loop here.
 */
final class Pooling {
  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;
  private final Loops loops;

  Pooling(Library library, NativeMemory memory, Primitives primitives, Loops loops) {
    this.loops = loops;
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
  }

  /** The maximum; {@code ordinary} if that is known, {@code switches} may be null. */
  void max(
      Window window,
      Block x,
      Shape xShape,
      boolean ordinary,
      Storage switches,
      Block y,
      Shape yShape) {
    if (!ordinary && !ordinary(x, (int) xShape.size())) {
      MaxPoolLoop.run(window, x, xShape, switches, y, yShape);
    } else if (switches == null) {
      run(Kind.MAX, window, xShape, yShape, x.pointer(), y.pointer());
    } else {
      run(
          Kind.MAX_WITH_SWITCHES,
          window,
          xShape,
          yShape,
          x.pointer(),
          y.pointer(),
          switches.plain.pointer());
    }
  }

  private boolean ordinary(Block x, int size) {
    AtomicBoolean ordinary = new AtomicBoolean(true);
    loops.run(
        size,
        (arrays, from, to) -> {
          boolean all = true;
          for (int at = from; at < to && all; at += Loops.CHUNK) {
            int count = Math.min(Loops.CHUNK, to - at);
            x.read(at, arrays.i, 0, count);
            all = Bits.ordinary(arrays.i, count);
          }
          if (!all) {
            ordinary.set(false);
          }
        });
    return ordinary.get();
  }

  void run(Kind kind, Window window, Shape x, Shape y, Pointer... data) {
    Key key = new Key(kind, window, x, y);
    Primitive primitive = primitives.get(key);
    primitive.run(library, memory, data);
  }
}
