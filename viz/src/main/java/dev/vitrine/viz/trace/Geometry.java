package dev.vitrine.viz.trace;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import java.util.List;

/**
 * Which cells of its input a cell of a layer's output reads: those of a window, whose element
 * {@code (p, q)} lies at row {@code y sh + p dh - top} and column {@code x sw + q dw - left}; or
 * the cell in its own place; or all of them.
 *
 * @param map window, same or all
 */
record Geometry(String map, int kh, int kw, int sh, int sw, int dh, int dw, int top, int left) {
  private static final Geometry SAME = new Geometry("same", 1, 1, 1, 1, 1, 1, 0, 0);
  private static final Geometry ALL = new Geometry("all", 1, 1, 1, 1, 1, 1, 0, 0);

  /** Of an operation on inputs of these shapes. */
  static Geometry of(Op op, List<Shape> inputs, Shape output) {
    Shape x = inputs.get(0);
    if (op instanceof Conv2d conv) {
      return of(conv.sliding().on(x));
    }
    if (op instanceof MaxPool2d pool) {
      return of(pool.sliding().on(x));
    }
    if (op instanceof AveragePool2d pool) {
      return of(pool.sliding().on(x));
    }
    if (op instanceof Pad pad) {
      return new Geometry("window", 1, 1, 1, 1, 1, 1, pad.top(), pad.left());
    }
    if (op instanceof Crop crop) {
      return new Geometry("window", 1, 1, 1, 1, 1, 1, -crop.top(), -crop.left());
    }
    boolean maps = x.rank() == 4 && output.rank() == 4;
    boolean inPlace = maps && x.dim(1) == output.dim(1) && x.dim(2) == output.dim(2);
    return inPlace || x.equals(output) ? SAME : ALL;
  }

  private static Geometry of(Window w) {
    return new Geometry(
        "window",
        w.kernelH(),
        w.kernelW(),
        w.strideH(),
        w.strideW(),
        w.dilationH(),
        w.dilationW(),
        w.padTop(),
        w.padLeft());
  }
}
