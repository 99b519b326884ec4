package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Buffer;
import java.util.List;

/**
 * The largest element under each placement of the window. The gradient goes to the element that
 * won, the first in reading order where several tie: the switches of Zeiler and Fergus' unpooling.
 */
public record MaxPool2d(Sliding sliding) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    return sliding.output(x, x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    var window = sliding.on(n.input(0).shape());
    Buffer switches = null;
    if (n.recorded()) {
      n.save(n.scope().adopt(n.backend().allocSwitches(window, y.shape()), "switches"));
      switches = n.saved(0).buffer();
    }
    n.backend().maxPool(window, n.in(0), switches, y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    var window = sliding.on(out.shape());
    n.backend().maxPoolBackward(window, g.buffer(), n.saved(0).buffer(), out.buffer());
    return out;
  }
}
