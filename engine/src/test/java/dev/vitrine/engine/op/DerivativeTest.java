package dev.vitrine.engine.op;

import static dev.vitrine.engine.Agreement.inner;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.Node;
import dev.vitrine.engine.OnReference;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Cases.Case;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation's derivative against central differences in double. */
class DerivativeTest extends OnReference {
  private static final double STEP = 1e-5;

  static List<Case> cases() {
    return Cases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theGradientAtEachInputIsTheDifferenceQuotient(Case c) {
    Shape shape = c.op().shape(c.shapes());
    double[] g = new Seeded(c.seed() + 1000).uniform(shape, -1, 1);
    for (int i = 0; i < c.differentiable(); i++) {
      Agreement.check(
          c + ", gradient at input " + i,
          gradient(c.op(), c.shapes(), c.inputs(), g, i),
          quotients(c, g, i),
          1e-7);
    }
  }

  @Test
  void everyOperationIsAmongTheCases() throws Exception {
    Set<String> held =
        cases().stream().map(c -> c.op().getClass().getSimpleName()).collect(Collectors.toSet());
    URI classes = Relu.class.getResource("Relu.class").toURI();
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(classes).getParent())) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString().replace(".class", "");
        Class<?> type = Class.forName(Relu.class.getPackageName() + "." + name);
        if (Op.class.isAssignableFrom(type) && !type.isInterface()) {
          all.add(name);
        }
      }
    }
    assertThat(all).hasSizeGreaterThan(15);
    assertThat(held).containsExactlyInAnyOrderElementsOf(all);
  }

  @ParameterizedTest
  @EnumSource
  void aFusedReluSendsBackWhatAReluAfterwardsDoes(ReluRule rule) {
    for (long seed = 0; seed < 20; seed++) {
      Seeded r = new Seeded(seed);
      Case c =
          r.coin()
              ? Cases.convolution(r, seed, rule, r.coin())
              : Cases.dense(r, seed, rule, r.coin());
      Op plain =
          c.op() instanceof Conv2d conv
              ? new Conv2d(conv.sliding(), conv.groups(), null)
              : new Dense();
      List<Tensor> in = tensors(scope, c.shapes(), c.inputs());
      Node linear = Node.run(plain, scope, in, true);
      Node relu = Node.run(new Relu(rule), scope, List.of(linear.output()), true);
      Node fused = Node.run(c.op(), scope, in, true);
      assertThat(fused.output().toDoubles()).as(c.toString()).isEqualTo(relu.output().toDoubles());
      Tensor g = r.tensor(scope, fused.output().shape());
      for (int i = 0; i < in.size(); i++) {
        assertThat(c.op().gradient(fused, g, i).toDoubles())
            .as(c + ", input " + i)
            .isEqualTo(plain.gradient(linear, relu.op().gradient(relu, g, 0), i).toDoubles());
      }
    }
  }

  private double[] gradient(Op op, List<Shape> shapes, List<double[]> inputs, double[] g, int i) {
    Node node = Node.run(op, scope, tensors(scope, shapes, inputs), true);
    Tensor at = op.gradient(node, scope.of(node.output().shape(), g), i);
    assertThat(at.shape())
        .as(op + ", shape of the gradient at input " + i)
        .isEqualTo(shapes.get(i));
    return at.toDoubles();
  }

  private double[] quotients(Case c, double[] g, int i) {
    double[] moved = c.inputs().get(i).clone();
    List<double[]> inputs = new ArrayList<>(c.inputs());
    inputs.set(i, moved);
    double[] quotients = new double[moved.length];
    for (int k = 0; k < moved.length; k++) {
      double x = moved[k];
      moved[k] = x + STEP;
      double above = inner(g, forward(c, inputs));
      moved[k] = x - STEP;
      double below = inner(g, forward(c, inputs));
      moved[k] = x;
      quotients[k] = (above - below) / (2 * STEP);
    }
    return quotients;
  }

  private double[] forward(Case c, List<double[]> inputs) {
    try (Scope own = new Scope(backend)) {
      return Node.run(c.op(), own, tensors(own, c.shapes(), inputs), false).output().toDoubles();
    }
  }

  static List<Tensor> tensors(Scope scope, List<Shape> shapes, List<double[]> values) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      tensors.add(scope.of(shapes.get(i), values.get(i)));
    }
    return tensors;
  }
}
