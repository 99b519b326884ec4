package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.Binary;

/** Functions of pairs of elements, with broadcasting, as loops that run at the speed of memory. */
final class Pairs {
  private final Loops loops;

  Pairs(Loops loops) {
    this.loops = loops;
  }

  void binary(Binary kind, Operand a, Operand b, Block y, int size) {
    loops.run(
        size,
        (arrays, from, to) -> {
          for (int at = from; at < to; at += Loops.CHUNK) {
            int count = Math.min(Loops.CHUNK, to - at);
            switch (kind) {
              case EQUAL, RELU_GRADIENT, RELU_GUIDED, RELU_DECONVNET -> {
                if (kind != Binary.RELU_DECONVNET) {
                  a.read(at, arrays.i, count);
                }
                b.read(at, arrays.j, count);
                compare(kind, arrays.i, arrays.j, count);
                y.write(at, arrays.j, 0, count);
              }
              default -> {
                a.read(at, arrays.a, count);
                b.read(at, arrays.b, count);
                compute(kind, arrays.a, arrays.b, count);
                y.write(at, arrays.a, 0, count);
                if (kind == Binary.GREATER) {
                  // a > b is a - b > 0: the difference is never rounded to zero.
                  y.read(at, arrays.i, 0, count);
                  Bits.positive(arrays.i, count);
                  y.write(at, arrays.i, 0, count);
                }
              }
            }
          }
        });
  }

  private static void compare(Binary kind, int[] a, int[] b, int count) {
    switch (kind) {
      case EQUAL -> Bits.equal(a, b, count);
      case RELU_GRADIENT -> Bits.reluGradient(a, b, count);
      case RELU_GUIDED -> Bits.reluGuided(a, b, count);
      case RELU_DECONVNET -> Bits.reluDeconvnet(b, count);
      default -> throw new IllegalArgumentException("no comparison " + kind);
    }
  }

  /** The result into {@code a}. */
  private static void compute(Binary kind, float[] a, float[] b, int count) {
    switch (kind) {
      case ADD -> add(a, b, count);
      case SUBTRACT, GREATER -> subtract(a, b, count);
      case MULTIPLY -> multiply(a, b, count);
      case DIVIDE -> divide(a, b, count);
      case MAXIMUM -> maximum(a, b, count);
      case MINIMUM -> minimum(a, b, count);
      default -> throw new IllegalArgumentException("no arithmetic " + kind);
    }
  }

  private static void add(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] += b[i];
    }
  }

  private static void subtract(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] -= b[i];
    }
  }

  private static void multiply(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] *= b[i];
    }
  }

  private static void divide(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] /= b[i];
    }
  }

  private static void maximum(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = Math.max(a[i], b[i]);
    }
  }

  private static void minimum(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
  }
}
