package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A step that is run many times. */
interface RepetitionContract extends ContractSection {

  /** Gradient descent on an image through a convolution and a ReLU, with buffers of its own. */
  final class Descent implements AutoCloseable {
    private static final Shape IMAGE = Shape.of(2, 9, 7, 3);
    private static final Shape MAP = Shape.of(2, 9, 7, 5);
    private static final Window SAME = Window.of(3, 3, 1, 1).padded(1, 1, 1, 1);

    private final Backend b;
    private final List<Buffer> held = new ArrayList<>();
    final Buffer image;
    final Buffer seed;
    private final Buffer kernel;
    private final Buffer m;
    private final Buffer v;
    private int steps;

    Descent(Backend b) {
      this.b = b;
      SplittableRandom random = new SplittableRandom(7);
      image = hold(Values.random(random, IMAGE));
      seed = hold(Values.random(random, MAP));
      kernel = hold(Values.random(random, Shape.of(3, 3, 3, 5)));
      b.freeze(kernel);
      m = hold(Values.random(random, IMAGE).map(x -> 0));
      v = hold(Values.random(random, IMAGE).map(x -> 0));
    }

    private Buffer hold(Values values) {
      held.add(Comparison.upload(b, values));
      return held.get(held.size() - 1);
    }

    void step() {
      steps++;
      Convolution c = new Convolution(SAME, 1);
      Buffer map = b.alloc(MAP);
      b.convolution(c, image, kernel, null, PostOp.RELU, map);
      Buffer gradMap = b.alloc(MAP);
      b.binary(Binary.RELU_GRADIENT, map, seed, gradMap);
      Buffer gradient = b.alloc(IMAGE);
      b.convolutionBackwardData(c, gradMap, kernel, gradient);
      b.adam(new AdamStep(0.1, 0.9, 0.999, 1e-8, 0.01, steps), gradient, m, v, image);
      b.release(gradient);
      b.release(map);
      b.release(gradMap);
    }

    double[] result() {
      return Comparison.download(b, image).data();
    }

    @Override
    public void close() {
      held.forEach(b::release);
    }
  }

  @Test
  default void aRepeatedStepGivesTheBitsOfTheStepItself() {
    Backend b = comparison().backend;
    try (Descent plain = new Descent(b);
        Descent repeated = new Descent(b);
        Repeated steps = b.repeat(repeated::step)) {
      for (int i = 0; i < 6; i++) {
        plain.step();
        steps.run();
        assertThat(repeated.result()).as("after run %d", i + 1).isEqualTo(plain.result());
      }
    }
  }

  @Test
  default void whatIsUploadedBetweenTwoRunsCounts() {
    Backend b = comparison().backend;
    Values x = Values.random(new SplittableRandom(8), Shape.of(40));
    Buffer from = Comparison.upload(b, x);
    Buffer to = b.alloc(x.shape());
    try (Repeated step = b.repeat(() -> b.unary(Unary.LINEAR, 2, 0, from, to))) {
      for (int run = 1; run <= 4; run++) {
        int factor = 1 << run;
        Values scaled = x.map(v -> factor * v);
        b.upload(from, 0, scaled.data(), 0, scaled.data().length);
        step.run();
        Comparison.same("run " + run, 8, 0, scaled.map(v -> 2 * v), Comparison.download(b, to));
      }
    } finally {
      b.release(from);
      b.release(to);
    }
  }

  @Test
  default void aRunWritesNothingThatSomebodyElseHolds() {
    Backend b = comparison().backend;
    List<Buffer> others = new ArrayList<>();
    try (Descent descent = new Descent(b);
        Repeated steps = b.repeat(descent::step)) {
      for (int run = 0; run < 5; run++) {
        steps.run();
        for (Shape shape : new Shape[] {Descent.IMAGE, Descent.MAP, Shape.of(3)}) {
          others.add(b.alloc(shape));
          b.fill(others.get(others.size() - 1), others.size());
        }
      }
      for (int i = 0; i < others.size(); i++) {
        assertThat(Comparison.download(b, others.get(i)).data()).containsOnly(i + 1);
      }
    } finally {
      others.forEach(b::release);
    }
  }

  @Test
  default void aStepThatKeepsMemoryIsRefusedAfterItsFirstRun() {
    Backend b = comparison().backend;
    List<Buffer> kept = new ArrayList<>();
    try (Repeated step = b.repeat(() -> kept.add(b.alloc(Shape.of(300))))) {
      step.run();
      assertThatThrownBy(step::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("live bytes");
    } finally {
      kept.forEach(b::release);
    }
    Buffer still = Comparison.upload(b, Values.of(Shape.of(2), 3, 4));
    assertThat(Comparison.download(b, still).data()).containsExactly(3, 4);
    b.release(still);
  }

  @Test
  default void aStepThatFailsIsToldAndTheBackendServesOn() {
    Backend b = comparison().backend;
    Buffer x = Comparison.upload(b, Values.of(Shape.of(2), 3, 4));
    Buffer y = b.alloc(Shape.of(2));
    int[] runs = {0};
    try (Repeated step =
        b.repeat(
            () -> {
              b.unary(Unary.SQUARE, 0, 0, x, y);
              if (++runs[0] == 2) {
                throw new IllegalArgumentException("the step's own");
              }
            })) {
      step.run();
      assertThatThrownBy(step::run).hasMessage("the step's own");
      b.unary(Unary.LINEAR, 2, 0, x, y);
      assertThat(Comparison.download(b, y).data()).containsExactly(6, 8);
    } finally {
      b.release(x);
      b.release(y);
    }
  }

  @Test
  default void aClosedRepetitionRunsNoMore() {
    Backend b = comparison().backend;
    int[] runs = {0};
    Repeated step = b.repeat(() -> runs[0]++);
    step.run();
    step.close();
    step.close();
    assertThatThrownBy(step::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(runs[0]).isEqualTo(1);
  }
}
