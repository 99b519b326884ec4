package dev.vitrine.engine.network;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Tensor;
import java.util.List;
import java.util.function.BiFunction;

/**
 * What a forward hook sees. The tensors belong to the run: {@link Tensor#keep} hands one over.
 *
 * @param layer the layer that has just run
 * @param inputs its inputs, without the weights
 * @param output its output, as earlier hooks have left it
 * @param scope where a replacement is made
 * @param tape what {@link #apply} runs operations with
 */
public record ForwardContext(
    Layer layer,
    List<Tensor> inputs,
    Tensor output,
    Scope scope,
    BiFunction<Op, Tensor[], Tensor> tape) {

  /** Runs an operation so that gradients flow through it, if this run records any. */
  public Tensor apply(Op op, Tensor... operands) {
    return tape.apply(op, operands);
  }
}
