package dev.vitrine.engine.network;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.MaxPool2d;
import java.util.ArrayList;
import java.util.List;

/**
 * What a backward hook sees of one layer. The tensors belong to the run, and live as long as it
 * does; {@link Tensor#keep} hands one over.
 */
public final class BackwardContext {
  private final Layer layer;
  private final Node node;
  private final Tensor gradOutput;
  private final List<Tensor> gradInputs;

  BackwardContext(Layer layer, Node node, Tensor gradOutput, List<Tensor> gradInputs) {
    this.layer = layer;
    this.node = node;
    this.gradOutput = gradOutput;
    this.gradInputs = gradInputs;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** The layer's inputs in the forward pass, without the weights. */
  public List<Tensor> inputs() {
    return node.inputs().subList(0, layer.inputs().size());
  }

  /** The layer's output in the forward pass. */
  public Tensor output() {
    return node.output();
  }

  /** The gradient that arrives. */
  public Tensor gradOutput() {
    return gradOutput;
  }

  /**
   * The gradients at the inputs, as the layer and earlier hooks computed them; null at an input
   * from which nothing is asked.
   */
  public List<Tensor> gradInputs() {
    return gradInputs;
  }

  /**
   * The gradient at the only input; null if nothing is asked from it, but from weights.
   *
   * @throws IllegalStateException if there are several
   */
  public Tensor gradInput() {
    if (gradInputs.size() != 1) {
      throw new IllegalStateException(
          "layer " + layer.name() + " has " + gradInputs.size() + " inputs: use gradInputs()");
    }
    return gradInputs.get(0);
  }

  /**
   * What the layer's true derivative sends back for another gradient at its output; null where
   * {@link #gradInputs} is.
   *
   * @throws IllegalArgumentException if the gradient has not the output's shape
   */
  public List<Tensor> vjp(Tensor g) {
    if (!g.shape().equals(node.output().shape())) {
      throw new IllegalArgumentException(
          "layer %s: a gradient of shape %s does not fit its output %s"
              .formatted(layer.name(), g.shape(), node.output().shape()));
    }
    List<Tensor> at = new ArrayList<>();
    for (int i = 0; i < layer.inputs().size(); i++) {
      at.add(gradInputs.get(i) == null ? null : layer.op().gradient(node, g, i));
    }
    return at;
  }

  /**
   * The switches of a max pooling: for each output, {@code row * kernel width + column} of the
   * winner in its window, padding counted.
   *
   * @throws IllegalStateException if the layer is not a max pooling
   */
  public int[] switches() {
    if (!(layer.op() instanceof MaxPool2d)) {
      throw new IllegalStateException("layer " + layer.name() + " is no max pooling");
    }
    return node.backend().downloadSwitches(node.saved(0).buffer());
  }
}
