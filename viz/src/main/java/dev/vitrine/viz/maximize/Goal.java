package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Elementwise;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What images are made to maximize: one number for each of them, computed on a tape from layers'
 * outputs and from the images themselves. Goals compose: {@code channel.plus(other.times(-0.5))}.
 */
public interface Goal {

  /** The layers that it reads. */
  Set<String> layers();

  /** Its value for each image, {@code [n, 1]}, on the scene's tape. */
  Tensor value(Scene scene);

  /** The sum of two. */
  default Goal plus(Goal other) {
    return new Combined(this, other, Binary.ADD);
  }

  /** The difference of two. */
  default Goal minus(Goal other) {
    return new Combined(this, other, Binary.SUBTRACT);
  }

  /** The product of two. */
  default Goal times(Goal other) {
    return new Combined(this, other, Binary.MULTIPLY);
  }

  /** A multiple; of a negative one the original is made small. */
  default Goal times(double weight) {
    return new Weighted(this, weight);
  }

  /** Two goals and an operation. */
  record Combined(Goal a, Goal b, Binary kind) implements Goal {
    @Override
    public Set<String> layers() {
      Set<String> all = new LinkedHashSet<>(a.layers());
      all.addAll(b.layers());
      return all;
    }

    @Override
    public Tensor value(Scene scene) {
      return scene.apply(new Arithmetic(kind), a.value(scene), b.value(scene));
    }

    @Override
    public String toString() {
      return switch (kind) {
        case ADD -> a + " + " + b;
        case SUBTRACT -> a + " - " + bracketed(b);
        default -> bracketed(a) + " * " + bracketed(b);
      };
    }

    private static String bracketed(Goal goal) {
      return goal instanceof Combined ? "(" + goal + ")" : goal.toString();
    }
  }

  /** A multiple of a goal. */
  record Weighted(Goal goal, double weight) implements Goal {
    @Override
    public Set<String> layers() {
      return goal.layers();
    }

    @Override
    public Tensor value(Scene scene) {
      return scene.apply(new Elementwise(Unary.LINEAR, weight, 0), goal.value(scene));
    }

    @Override
    public String toString() {
      return weight + " * " + (goal instanceof Combined ? "(" + goal + ")" : goal);
    }
  }
}
