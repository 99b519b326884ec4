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

  /**
   * Any operation. The result lives in the scope of the first input that is not {@link Tensor#keep
   * kept}; if all are, it is closed with the first.
   */
  public static Tensor call(Op op, Tensor... inputs) {
    Tensor host = inputs[0];
    for (int i = inputs.length - 1; i >= 0; i--) {
      host = inputs[i].isKept() ? host : inputs[i];
    }
    return Node.run(op, host.scope(), List.of(inputs), false).output();
  }
}
