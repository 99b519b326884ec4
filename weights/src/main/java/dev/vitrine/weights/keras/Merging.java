package dev.vitrine.weights.keras;

import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Elementwise;
import java.util.List;

/** Layers that make one tensor of several. */
final class Merging {
  /** The engine's axis for each of Keras' where channels come first. */
  private static final int[] FROM_CHANNELS_FIRST = {0, 3, 1, 2};

  private Merging() {}

  static void concatenate(Call call) {
    int rank = rank(call);
    Settings s = call.settings();
    double axis = s.number("axis", -1);
    double fromZero = axis < 0 ? axis + rank : axis;
    if (fromZero != Math.rint(fromZero) || fromZero < 1 || fromZero >= rank) {
      throw s.unexpected("axis", "one of 1 to " + (rank - 1) + ", or -1");
    }
    if (rank == 2) {
      for (int i = 0; i < call.inputs().size(); i++) {
        call.same(i);
      }
    }
    boolean first = call.order(0).kind() == Order.Kind.CHANNELS_FIRST;
    call.add(new Concat(first ? FROM_CHANNELS_FIRST[(int) fromZero] : (int) fromZero));
  }

  /** Two inputs are one operation; more are a chain, {@code sum.1}, {@code sum.2}, {@code sum}. */
  static void fold(Call call, Binary kind) {
    call.addAfter(chain(call, kind, call.inputs().size() - 1), new Arithmetic(kind));
  }

  static void subtract(Call call) {
    if (call.inputs().size() != 2) {
      throw call.refused("takes two inputs, and is given " + call.inputs().size());
    }
    fold(call, Binary.SUBTRACT);
  }

  static void average(Call call) {
    int count = call.inputs().size();
    List<String> last = chain(call, Binary.ADD, count - 1);
    String sum = call.step(".sum", new Arithmetic(Binary.ADD), last);
    call.addAfter(List.of(sum), new Elementwise(Unary.LINEAR, 1.0 / count, 0));
  }

  /** Folds all inputs but the last; what is left to fold. */
  private static List<String> chain(Call call, Binary kind, int last) {
    rank(call);
    List<String> inputs = call.inputs();
    String left = inputs.get(0);
    for (int i = 1; i < last; i++) {
      left = call.step("." + i, new Arithmetic(kind), List.of(left, inputs.get(i)));
    }
    return List.of(left, inputs.get(last));
  }

  /**
   * The rank that all inputs have; Keras broadcasts others by rules of its own. They are seen by
   * Keras in one way afterwards.
   */
  private static int rank(Call call) {
    int count = call.inputs().size();
    if (count < 2) {
      throw call.refused("takes two inputs or more, and is given " + count);
    }
    int rank = call.shape(0).rank();
    boolean alike = true;
    for (int i = 1; i < count; i++) {
      if (call.shape(i).rank() != rank) {
        throw call.refused(
            "is given "
                + call.shape(0)
                + " and "
                + call.shape(i)
                + ", expected as many axes in each; put a Reshape before it");
      }
      alike &= call.order(i).equals(call.order(0));
    }
    for (int i = 0; i < count && !alike; i++) {
      call.same(i);
    }
    return rank;
  }
}
