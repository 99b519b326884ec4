package dev.vitrine.engine.op;

import static dev.vitrine.engine.Agreement.inner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Cases.Case;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code <A x, y> = <x, A' y>} for what is linear. */
class AdjointTest extends OnEveryBackend {

  @Test
  void theGradientOfALinearOperationIsItsTranspose() {
    List<Case> linear = Cases.all().stream().filter(Case::linear).toList();
    assertThat(linear).hasSizeGreaterThan(60);
    for (Case c : linear) {
      holds(c, 0);
      if (c.op() instanceof Conv2d || c.op() instanceof Dense) {
        holds(c, 1); // linear in the weights as well
      }
    }
  }

  private void holds(Case c, int i) {
    Node node =
        Node.run(c.op(), scope, DerivativeTest.tensors(scope, c.shapes(), c.inputs()), true);
    double[] ax = node.output().toDoubles();
    Tensor y = new Seeded(c.seed() + 7).tensor(scope, node.output().shape());
    double[] back = c.op().gradient(node, y, i).toDoubles();
    double size = Math.sqrt(inner(ax, ax) * inner(y.toDoubles(), y.toDoubles())) + 1e-3;
    assertThat(inner(c.inputs().get(i), back))
        .as("%s on %s: <x, A'y> against <Ax, y> at input %d", c, provider.name(), i)
        .isCloseTo(inner(ax, y.toDoubles()), within(size * rounding()));
  }
}
