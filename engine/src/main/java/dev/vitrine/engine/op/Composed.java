package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import java.util.List;
import java.util.Map;

/**
 * An operation that is put together from others, so that its derivative is theirs. What lies in
 * between is not kept for the way back but computed again.
 */
public interface Composed extends Op {

  /** Computes the output by calling other operations. */
  Tensor compute(Steps steps, List<Tensor> inputs);

  @Override
  default Tensor forward(Node n) {
    try (Scope room = new Scope(n.backend())) {
      return handedOver(compute(Functions::call, views(n, room)), n);
    }
  }

  @Override
  default Tensor gradient(Node n, Tensor g, int i) {
    try (Scope room = new Scope(n.backend())) {
      Tape tape = new Tape(room);
      List<Tensor> inputs = views(n, room);
      Tensor x = tape.watch(inputs.get(i));
      Tensor y = compute(tape::apply, inputs);
      return handedOver(tape.backward(Map.of(y, g), List.of(x)).at(x), n);
    }
  }

  private static List<Tensor> views(Node n, Scope room) {
    return n.inputs().stream().map(t -> room.view(t, t.shape())).toList();
  }

  /** A handle in the node's scope: the room's own goes with the room. */
  private static Tensor handedOver(Tensor t, Node n) {
    return n.scope().view(t, t.shape());
  }
}
