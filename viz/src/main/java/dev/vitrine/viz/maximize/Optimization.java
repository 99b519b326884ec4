package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Recipe.Image;
import dev.vitrine.viz.method.BoxBlur;
import dev.vitrine.weights.image.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/** A {@link Task} done by a {@link Recipe}: its rounds, each an {@link Ascent}. */
final class Optimization {
  private final Recipe recipe;
  private final Network network;
  private final Preprocessing preprocessing;
  private final Task task;
  private final Film film;
  private final LongConsumer progress;
  private final List<Transform> transforms;
  private final List<List<Double>> activations = new ArrayList<>();
  private final boolean[] alive;

  Optimization(
      Recipe recipe,
      Network network,
      Preprocessing preprocessing,
      Task task,
      Film film,
      LongConsumer progress) {
    this.recipe = recipe;
    this.network = network;
    this.preprocessing = preprocessing;
    this.task = task;
    this.film = film;
    this.progress = progress;
    Listen listen = Listen.only(task.goal().layers().toArray(String[]::new));
    this.transforms = recipe.fitted(network, listen, task.sizes().get(0));
    this.alive = new boolean[task.images()];
  }

  List<Maximized> run() {
    Backend backend = network.backend();
    List<Integer> sizes = task.sizes();
    int n = task.images();
    Random random = new Random(mixed(task.seed(), -1));
    task.noise().forEach(k -> activations.add(new ArrayList<>()));
    float[] z = start();
    for (int round = 0; round < sizes.size(); round++) {
      int size = sizes.get(round);
      int before = round * recipe.steps();
      if (round > 0) {
        float[] larger = enlarged(recipe, backend, z, n, sizes.get(round - 1), size);
        z = recipe.image() == Image.FOURIER ? encoded(larger, n, size) : larger;
      }
      try (Ascent ascent = new Ascent(network, preprocessing, task.goal(), transforms, random);
          Parameterization images = images(size, z);
          Optimizer.Mover mover = recipe.optimizer().on(backend)) {
        if (round == 0) {
          note(ascent, images);
          show(0, size, ascent, images);
        }
        ascent.climb(
            images,
            mover,
            recipe.steps(),
            round == 0 ? recipe.redirected() : 0,
            this::noteAlive,
            step -> {
              show(before + step, size, ascent, images);
              progress.accept((long) size * size * n);
            });
        note(ascent, images);
        z = ascent.images(images);
      }
      backend.trim();
    }
    return results(z);
  }

  private void note(Ascent ascent, Parameterization images) {
    double[] values = ascent.values(images);
    for (int i = 0; i < values.length; i++) {
      activations.get(i).add(values[i]);
    }
  }

  private void noteAlive(Tensor gradient) {
    float[] values = gradient.toFloats();
    int each = values.length / alive.length;
    for (int i = 0; i < values.length; i++) {
      alive[i / each] |= values[i] != 0;
    }
  }

  private void show(int step, int size, Ascent ascent, Parameterization images) {
    if (film.wants(step)) {
      float[] z = ascent.images(images);
      for (int i = 0; i < task.images(); i++) {
        film.frame(i, size, size, colors(z, i));
      }
    }
  }

  /** The numbers that the first round moves. */
  private float[] start() {
    int size = task.sizes().get(0);
    if (task.from() == null) {
      return noise(recipe, task.noise(), size, task.seed());
    }
    float[] one =
        recipe.image() == Image.FOURIER
            ? FourierImages.of(task.from(), size, size)
            : space().of(task.from());
    float[] all = new float[task.images() * one.length];
    for (int i = 0; i < task.images(); i++) {
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    return all;
  }

  private Parameterization images(int size, float[] z) {
    Backend backend = network.backend();
    int n = task.images();
    return recipe.image() == Image.FOURIER
        ? new FourierImages(backend, n, size, size, z)
        : new PixelImages(backend, space(), Shape.of(n, size, size, 3), z);
  }

  private PixelSpace space() {
    return switch (recipe.image()) {
      case PIXELS -> PixelSpace.STANDARD;
      case INPUT -> PixelSpace.of(preprocessing);
      case FOURIER -> PixelSpace.COLORS;
    };
  }

  private static float[] encoded(float[] colors, int n, int size) {
    int each = size * size * 3;
    float[] spectra = new float[n * FourierImages.size(size, size)];
    for (int i = 0; i < n; i++) {
      float[] one = Arrays.copyOfRange(colors, i * each, (i + 1) * each);
      float[] spectrum = FourierImages.of(one, size, size);
      System.arraycopy(spectrum, 0, spectra, i * spectrum.length, spectrum.length);
    }
    return spectra;
  }

  /** What the published code of each starts from, in the numbers that are moved. */
  static float[] noise(Recipe recipe, List<Long> which, int size, long seed) {
    boolean spectrum = recipe.image() == Image.FOURIER;
    int each = spectrum ? FourierImages.size(size, size) : size * size * 3;
    float[] z = new float[which.size() * each];
    for (int i = 0; i < which.size(); i++) {
      Random random = new Random(mixed(seed, which.get(i)));
      for (int k = 0; k < each; k++) {
        z[i * each + k] =
            switch (recipe.image()) {
              case PIXELS -> PixelSpace.STANDARD.of((150 + random.nextInt(30)) / 255.0, k % 3);
              case INPUT -> 128 + 20 * random.nextFloat();
              case FOURIER -> (float) (0.01 * random.nextGaussian());
            };
      }
    }
    return z;
  }

  /** SplitMix64's finalizer: neighbouring seeds would give this generator similar numbers. */
  private static long mixed(long seed, long which) {
    long x = seed * 0x9E3779B97F4A7C15L + which + 1;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /** Enlarges and blurs {@code [n, from, from, 3]}. */
  static float[] enlarged(Recipe recipe, Backend backend, float[] z, int n, int from, int to) {
    float[] larger;
    try (Scope scope = new Scope(backend)) {
      Tensor small = scope.of(Shape.of(n, from, from, 3), z);
      Tensor large = scope.make(Shape.of(n, to, to, 3));
      backend.resample(Interpolation.BICUBIC, small.buffer(), large.buffer());
      larger = large.toFloats();
    }
    return new BoxBlur(recipe.blur()).of(larger, n, to, to, 3);
  }

  private List<Maximized> results(float[] z) {
    List<Integer> sizes = task.sizes();
    int size = sizes.get(sizes.size() - 1);
    List<Maximized> results = new ArrayList<>();
    for (int i = 0; i < task.images(); i++) {
      results.add(new Maximized(size, colors(z, i), sizes, activations.get(i), !alive[i]));
    }
    return results;
  }

  /** How one of the images looks. */
  private float[] colors(float[] z, int image) {
    int each = z.length / task.images();
    float[] own = Arrays.copyOfRange(z, image * each, (image + 1) * each);
    return recipe.image() == Image.INPUT ? standardized(own) : space().toColors(own);
  }

  /** The mean at a half, a standard deviation a tenth, clipped. */
  static float[] standardized(float[] z) {
    double mean = 0;
    for (float value : z) {
      mean += value;
    }
    mean /= z.length;
    double variance = 0;
    for (float value : z) {
      variance += (value - mean) * (value - mean);
    }
    double std = Math.sqrt(variance / z.length) + 1e-5;
    float[] colors = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      colors[i] = (float) Math.min(1, Math.max(0, (z[i] - mean) / std * 0.1 + 0.5));
    }
    return colors;
  }
}
