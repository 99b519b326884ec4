package dev.vitrine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Identity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapeTest extends OnEveryBackend {
  private static final Op ADD = new Arithmetic(Binary.ADD);
  private static final Op MULTIPLY = new Arithmetic(Binary.MULTIPLY);
  private static final Op SQUARE = new Elementwise(Unary.SQUARE);
  private Tape tape;

  @BeforeEach
  void startTape() {
    tape = new Tape(scope);
  }

  /** An operation that writes down for which input its derivative was asked. */
  private record Asked(Op op, String name, List<String> log) implements Op {
    @Override
    public Shape shape(List<Shape> inputs) {
      return op.shape(inputs);
    }

    @Override
    public Tensor forward(Node node) {
      return op.forward(node);
    }

    @Override
    public Tensor gradient(Node node, Tensor g, int i) {
      log.add(name + i);
      return op.gradient(node, g, i);
    }
  }

  @Test
  void aTensorThatIsUsedTwiceGetsTheSum() {
    Tensor x = tape.watch(vector(3, 5));
    Tensor square = tape.apply(MULTIPLY, x, x);
    Tensor y = tape.apply(ADD, square, x); // x * x + x
    assertThat(tape.backward(Map.of(y, vector(1, 10)), List.of(x)).at(x).toDoubles())
        .containsExactly(7, 110);
  }

  @Test
  void seedsAtSeveralTensorsAddUp() {
    Tensor x = tape.watch(vector(3));
    Tensor a = tape.apply(SQUARE, x);
    Tensor b = tape.apply(SQUARE, a);
    Gradients g = tape.backward(Map.of(a, vector(1), b, vector(2), x, vector(100)), List.of(x));
    assertThat(g.at(x).toDoubles()).containsExactly(100 + 6 + 2 * 2 * 9 * 6);
  }

  @Test
  void aConcatenationAndAResidualSumSendBackTheirParts() {
    Tensor x = tape.watch(vector(1, 2));
    Tensor square = tape.apply(SQUARE, x);
    Tensor both = tape.apply(new Concat(0), square, x, square);
    Tensor y = tape.apply(ADD, both, vector(9, 9, 9, 9, 9, 9));
    Gradients g = tape.backward(Map.of(y, vector(1, 2, 10, 20, 100, 200)), List.of(x, square));
    assertThat(g.at(square).toDoubles()).containsExactly(101, 202);
    assertThat(g.at(x).toDoubles()).containsExactly(101 * 2 + 10, 202 * 4 + 20);
  }

  @Test
  void onlyWhatLiesBetweenSeedsAndWantedIsWalked() {
    List<String> log = new ArrayList<>();
    Tensor x = tape.watch(vector(1));
    Tensor w = tape.watch(vector(2));
    Tensor frozen = vector(3);
    Tensor below = tape.apply(new Asked(SQUARE, "below", log), x);
    Tensor middle = tape.apply(new Asked(MULTIPLY, "middle", log), below, frozen);
    Tensor side = tape.apply(new Asked(SQUARE, "side", log), w);
    Tensor y = tape.apply(new Asked(ADD, "top", log), middle, side);
    tape.apply(new Asked(SQUARE, "after", log), y);
    Gradients g = tape.backward(Map.of(y, vector(1)), List.of(middle));
    assertThat(log).containsExactly("top0");
    assertThat(g.at(middle).toDoubles()).containsExactly(1);
    log.clear();
    tape.backward(Map.of(y, vector(1)), List.of(x));
    assertThat(log).containsExactly("top0", "middle0", "below0");
    log.clear();
    tape.backward(Map.of(y, vector(1)), List.of(w, x));
    assertThat(log).containsExactly("top0", "top1", "side0", "middle0", "below0");
  }

  @Test
  void whatNeedsNoGradientIsNotRecorded() {
    Tensor y = tape.apply(SQUARE, vector(2));
    assertThat(tape.tracks(y)).isFalse();
    assertThat(tape.record(SQUARE, List.of(y)).recorded()).isFalse();
    Tensor x = tape.watch(vector(2));
    assertThat(tape.record(MULTIPLY, List.of(y, x)).recorded()).isTrue();
  }

  @Test
  void aWantedTensorInTheMiddlePassesItsGradientOn() {
    Tensor x = tape.watch(vector(2));
    Tensor a = tape.apply(SQUARE, x);
    Tensor b = tape.apply(new Identity("Identity"), a);
    Tensor y = tape.apply(SQUARE, b);
    Gradients g = tape.backward(Map.of(y, vector(1)), List.of(y, b, a, x));
    assertThat(g.at(y).toDoubles()).containsExactly(1);
    assertThat(g.at(b).toDoubles()).containsExactly(8);
    assertThat(g.at(a).toDoubles()).containsExactly(8);
    assertThat(g.at(x).toDoubles()).containsExactly(32);
  }

  @Test
  void whereNothingFlowsTheGradientIsZero() {
    Tensor x = tape.watch(vector(2, 3));
    Tensor a = tape.apply(SQUARE, x);
    Tensor y = tape.apply(SQUARE, tape.watch(vector(1)));
    Gradients g = tape.backward(Map.of(y, vector(1)), List.of(x, a));
    assertThat(g.at(x).toDoubles()).containsExactly(0, 0);
    assertThat(g.at(a)).isSameAs(g.at(a));
  }

  @Test
  void aSecondBackwardPassDoesNotSeeTheFirst() {
    Tensor x = tape.watch(vector(2));
    Tensor y = tape.apply(SQUARE, tape.apply(SQUARE, x));
    for (int pass = 0; pass < 2; pass++) {
      assertThat(tape.backward(Map.of(y, vector(1)), List.of(x)).at(x).toDoubles())
          .containsExactly(32);
    }
  }

  @Test
  void aPassLeavesNothingButWhatWasWanted() {
    Tensor x = tape.watch(vector(2));
    Tensor a = tape.apply(SQUARE, x);
    Tensor unneeded = tape.apply(SQUARE, tape.watch(vector(5)));
    Tensor y = tape.apply(ADD, a, tape.apply(SQUARE, a));
    Tensor watched = tape.watch(vector(3));
    Map<Tensor, Tensor> seeds =
        Map.of(y, vector(1), unneeded, vector(1), a, vector(1), watched, vector(1));
    long before = backend.liveBytes();
    Gradients g = tape.backward(seeds, List.of(x));
    long one = backend.liveBytes() - before;
    g.at(x).close();
    assertThat(one).isPositive();
    assertThat(backend.liveBytes()).isEqualTo(before);
    seeds.values().forEach(Tensor::close);
    unneeded.close();
    assertThat(backend.liveBytes()).isEqualTo(before - 5 * one); // no handle is left on a seed
  }

  @Test
  void seedsStayTheCallersAndGradientsTheTapes() {
    Tensor seed = vector(7).keep();
    try (Scope own = new Scope(backend)) {
      Tape inner = new Tape(own);
      Tensor x = inner.watch(vector(2));
      Tensor y = inner.apply(new Identity("Identity"), x);
      Gradients g = inner.backward(Map.of(y, seed), List.of(x, y));
      assertThat(g.at(y).scope()).isSameAs(own);
      assertThat(g.at(x).scope()).isSameAs(own);
    }
    assertThat(seed.toDoubles()).containsExactly(7);
    seed.close();
  }

  @Test
  void aGradientOutlivesTheScopeOfItsSeed() {
    Tensor x = tape.watch(vector(2));
    Gradients g;
    try (Scope short_ = new Scope(backend)) {
      g = tape.backward(Map.of(x, short_.of(Shape.of(1), 5)), List.of(x));
    }
    assertThat(g.at(x).toDoubles()).containsExactly(5);
  }

  @Test
  void aWalkMayReplaceADerivative() {
    Tensor x = tape.watch(vector(2));
    Tensor y = tape.apply(SQUARE, x);
    Tape.Walk twice = (node, g, needed) -> List.of(scope.of(g.shape(), 42));
    assertThat(tape.backward(Map.of(y, vector(1)), List.of(x), twice).at(x).toDoubles())
        .containsExactly(42);
  }

  @Test
  void errorsNameTheTensor() {
    Tensor x = vector(1, 2).named("pixels");
    Tensor y = tape.apply(SQUARE, tape.watch(vector(3, 4)).named("watched")).named("score");
    assertThatThrownBy(() -> tape.backward(Map.of(y, vector(1, 1)), List.of(x)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no gradient can be had at pixels [2]: watch it before forward");
    assertThatThrownBy(() -> tape.backward(Map.of(x, vector(1, 1)), List.of(y)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seeded tensor pixels [2] is not on this tape");
    assertThatThrownBy(() -> tape.backward(Map.of(y, vector(1)), List.of(y)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("score [2]")
        .hasMessageContaining("[1]");
    Gradients g = tape.backward(Map.of(y, vector(1, 1)), List.of(y));
    assertThatThrownBy(() -> g.at(x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the gradient at pixels [2] was not asked for");
  }

  private Tensor vector(float... elements) {
    return scope.of(Shape.of(elements.length), elements);
  }
}
