package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a built-in network says of a photograph, asked for without the command line. */
final class Engine {
  private Engine() {}

  /**
   * A layer's output.
   *
   * @param values row-major
   */
  record Output(Shape shape, float[] values) {
    int h() {
      return shape.dim(1);
    }

    int w() {
      return shape.dim(2);
    }

    int channels() {
      return shape.dim(-1);
    }

    float at(int y, int x, int channel) {
      return values[(y * w() + x) * channels() + channel];
    }
  }

  static Output output(String name, Path file, String layer) {
    try (Backend backend = Backends.open("auto", false, notice -> {});
        Model model = Models.open(name, backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      try (Run run = model.network().forward(input(model, file, scope), Listen.to(layer))) {
        return new Output(run.output(layer).shape(), run.output(layer).toFloats());
      }
    }
  }

  /** The gradient at the input of one number of a layer, {@code [h, w, 3]} in RGB order. */
  static float[] gradient(ReluRule rule, String name, Path file, String layer, int seeded) {
    try (Backend backend = Backends.open("auto", false, notice -> {});
        Model model = Models.open(name, backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Tensor x = input(model, file, scope);
      try (Run run = model.network().forward(x, Listen.to(layer).withGradients())) {
        Tensor y = run.output(layer);
        float[] seed = new float[(int) y.shape().size()];
        seed[seeded] = 1;
        float[] gradient =
            run.backward(Map.of(y, scope.of(y.shape(), seed)), List.of(x), rule).at(x).toFloats();
        return model.preprocessing().gradientToRgb(gradient);
      }
    }
  }

  /** A weight of a layer. */
  static Output kernel(String name, String layer) {
    try (Backend backend = Backends.open("auto", false, notice -> {});
        Model model = Models.open(name, backend, Overrides.NONE)) {
      Tensor kernel = model.network().layer(layer).parameters().get(0).value();
      return new Output(kernel.shape(), kernel.toFloats());
    }
  }

  private static Tensor input(Model model, Path file, Scope scope) {
    Shape in = model.network().inputShape();
    Picture picture = Resize.BILINEAR.apply(Picture.read(file), in.dim(1), in.dim(2));
    return scope.of(Shape.of(1, in.dim(1), in.dim(2), 3), model.preprocessing().apply(picture));
  }
}
