package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Adam;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Rounds of Adam that make one layer's channels large, each in an image of its own. */
final class Climb {
  private final Graetz settings;
  private final Network network;
  private final StandardPixels pixels;
  private final List<Feature> features;
  private final LongConsumer progress;
  private final String layer;
  private final List<List<Double>> activations = new ArrayList<>();
  private final boolean[] alive;

  Climb(
      Graetz settings,
      Network network,
      StandardPixels pixels,
      List<Feature> features,
      LongConsumer progress) {
    this.settings = settings;
    this.network = network;
    this.pixels = pixels;
    this.features = features;
    this.progress = progress;
    this.layer = features.get(0).layer();
    this.alive = new boolean[features.size()];
    features.forEach(f -> activations.add(new ArrayList<>()));
  }

  /** One round on {@code [n, size, size, 3]}, with an optimizer of its own. */
  float[] round(float[] z, int size) {
    Backend backend = network.backend();
    Shape shape = Shape.of(features.size(), size, size, 3);
    try (Scope scope = new Scope(backend);
        Adam adam = new Adam(backend, settings.learningRate(), settings.weightDecay())) {
      Tensor image = scope.of(shape, z).named("image");
      if (activations.get(0).isEmpty()) {
        note(image);
      }
      Shape map = network.shapes(shape, Listen.only(layer)).get(layer);
      Tensor downhill = scope.of(map, downhill(map)).named("seed");
      long pixelsAStep = (long) size * size * features.size();
      step(adam, image, downhill, this::noteAlive);
      progress.accept(pixelsAStep);
      // Every step asks for the same: a GPU is told once.
      try (Repeated again = network.repeat(() -> step(adam, image, downhill, gradient -> {}))) {
        for (int step = 1; step < settings.steps(); step++) {
          again.run();
          progress.accept(pixelsAStep);
        }
      }
      note(image);
      return image.toFloats();
    }
  }

  private void step(Adam adam, Tensor image, Tensor downhill, Consumer<Tensor> heard) {
    try (Scope scope = new Scope(network.backend())) {
      Tape tape = new Tape(scope);
      Tensor x = pixels.toNetwork(tape, tape.watch(image));
      try (Run run = network.forward(x, Listen.only(layer).withGradients())) {
        Tensor atInput = run.backward(Map.of(run.output(layer), downhill), List.of(x)).at(x);
        Tensor gradient = tape.backward(Map.of(x, atInput), List.of(image)).at(image);
        heard.accept(gradient);
        adam.step(image, gradient);
      }
    }
  }

  /** The gradient of the negative mean of each image's own channel: Adam goes downhill. */
  private float[] downhill(Shape map) {
    float[] seed = new float[Math.toIntExact(map.size())];
    for (int i = 0; i < features.size(); i++) {
      Feature f = features.get(i);
      int each = seed.length / features.size();
      float slope = (float) map.dim(-1) / each;
      for (int k = f.channel(); k < each; k += map.dim(-1)) {
        seed[i * each + k] = f.negative() ? slope : -slope;
      }
    }
    return seed;
  }

  private void note(Tensor image) {
    try (Scope scope = new Scope(network.backend());
        Run run = network.forward(pixels.toNetwork(new Tape(scope), image), Listen.only(layer))) {
      float[] map = run.output(layer).toFloats();
      int channels = run.output(layer).shape().dim(-1);
      int each = map.length / features.size();
      for (int i = 0; i < features.size(); i++) {
        Feature f = features.get(i);
        double sum = 0;
        for (int k = f.channel(); k < each; k += channels) {
          sum += map[i * each + k];
        }
        double mean = sum * channels / each;
        activations.get(i).add(f.negative() ? -mean : mean);
      }
    }
  }

  private void noteAlive(Tensor gradient) {
    float[] values = gradient.toFloats();
    int each = values.length / features.size();
    for (int i = 0; i < values.length; i++) {
      alive[i / each] |= values[i] != 0;
    }
  }

  /** The pictures for {@code z [n, size, size, 3]}. */
  List<Maximized> results(float[] z, List<Integer> sizes) {
    int size = sizes.get(sizes.size() - 1);
    int each = z.length / features.size();
    List<Maximized> results = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      float[] own = Arrays.copyOfRange(z, i * each, (i + 1) * each);
      results.add(
          new Maximized(
              features.get(i),
              size,
              StandardPixels.toColors(own),
              sizes,
              activations.get(i),
              !alive[i]));
    }
    return results;
  }
}
