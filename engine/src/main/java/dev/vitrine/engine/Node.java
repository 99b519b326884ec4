package dev.vitrine.engine;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One call of an operation: what went in, what came out, and what its derivative remembers. */
public final class Node {
  private final Op op;
  private final Scope scope;
  private final List<Tensor> inputs;
  private final boolean recorded;
  private List<Tensor> saved = List.of();
  private Tensor output;

  private Node(Op op, Scope scope, List<Tensor> inputs, boolean recorded) {
    this.op = op;
    this.scope = scope;
    this.inputs = inputs;
    this.recorded = recorded;
  }

  /** Runs an operation; {@code recorded} says whether its derivative may be asked for. */
  public static Node run(Op op, Scope scope, List<Tensor> inputs, boolean recorded) {
    Node node = new Node(op, scope, inputs, recorded);
    node.output = op.forward(node);
    return node;
  }

  /** The operation that ran. */
  public Op op() {
    return op;
  }

  /** The scope of the run: what the operation makes, forward and back, lives there. */
  public Scope scope() {
    return scope;
  }

  /** The device. */
  public Backend backend() {
    return scope.backend();
  }

  /** What went in, weights last. */
  public List<Tensor> inputs() {
    return inputs;
  }

  /** One of the {@link #inputs}. */
  public Tensor input(int i) {
    return inputs.get(i);
  }

  /** Shorthand for the device's memory of an input. */
  public Buffer in(int i) {
    return inputs.get(i).buffer();
  }

  /** What came out; null until the operation has run. */
  public Tensor output() {
    return output;
  }

  /** True if a derivative may be asked for later: save what it needs. */
  public boolean recorded() {
    return recorded;
  }

  /** A new tensor in the run's scope. */
  public Tensor make(Shape shape) {
    return scope.make(shape);
  }

  /** A new tensor of the shape that the operation gives for these inputs. */
  public Tensor makeOutput() {
    Shape[] shapes = new Shape[inputs.size()];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = inputs.get(i).shape();
    }
    return make(op.shape(Arrays.asList(shapes)));
  }

  /** Keeps a tensor for the derivative. */
  public void save(Tensor t) {
    if (saved.isEmpty()) {
      saved = new ArrayList<>(1); // most operations keep nothing, or one thing
    }
    saved.add(t);
  }

  /** What {@link #save} kept, in order. */
  public Tensor saved(int i) {
    return saved.get(i);
  }
}
