package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.util.List;

/** Operations by plain calls, off the tape: what hooks are written with. */
public final class Functions {
  private Functions() {}

  /** {@code max(x, 0)} */
  public static Tensor relu(Tensor x) {
    return call(new Relu(), x);
  }

  /** {@code a + b}, with broadcasting. */
  public static Tensor add(Tensor a, Tensor b) {
    return call(new Arithmetic(Binary.ADD), a, b);
  }

  /** {@code a - b}, with broadcasting. */
  public static Tensor subtract(Tensor a, Tensor b) {
    return call(new Arithmetic(Binary.SUBTRACT), a, b);
  }

  /** {@code a * b}, with broadcasting. */
  public static Tensor multiply(Tensor a, Tensor b) {
    return call(new Arithmetic(Binary.MULTIPLY), a, b);
  }

  /** {@code factor * x} */
  public static Tensor scale(Tensor x, double factor) {
    return call(new Elementwise(Unary.LINEAR, factor, 0), x);
  }

  /** Any operation; the result lives in the first input's scope. */
  public static Tensor call(Op op, Tensor... inputs) {
    return Node.run(op, inputs[0].scope(), List.of(inputs), false).output();
  }
}
