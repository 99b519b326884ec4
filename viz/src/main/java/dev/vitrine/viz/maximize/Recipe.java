package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.method.BoxBlur;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * Activation maximization, all settings of it: from noise, in one round or several of growing size,
 * steps uphill.
 *
 * @param name what it is called
 * @param image in which numbers images are moved
 * @param start height and width of the first round, in pixels
 * @param rounds how many
 * @param steps in each
 * @param factor by which each round is larger than the one before, by a cubic filter (a = -0.75)
 * @param blur height and width of the box that blurs between rounds, in pixels, odd
 * @param optimizer how images are moved
 * @param transforms what is done to images in each step before the network sees them
 * @param redirected in how many of the first steps a ReLU that lets nothing through is opened
 */
public record Recipe(
    String name,
    Image image,
    int start,
    int rounds,
    int steps,
    double factor,
    int blur,
    Optimizer optimizer,
    List<Transform> transforms,
    int redirected) {

  /** How images are written down, what noise they start from, and how they are shown. */
  public enum Image {
    /** Pixels in ImageNet's standard deviations, from 150..179 of 255, clipped at the end. */
    PIXELS,
    /** What the network takes, from 128..148 whatever that is, standardized at the end. */
    INPUT,
    /** Spectra of decorrelated colours, see {@link FourierImages}. */
    FOURIER
  }

  /**
   * Fabio M. Graetz, "How to visualize convolutional features in 40 lines of code", 2019: 56 to 408
   * pixels in 12 rounds of 20 steps. The image is clipped to what can be seen at the very end only.
   */
  public static final Recipe GRAETZ =
      new Recipe(
          "graetz",
          Image.PIXELS,
          56,
          12,
          20,
          1.2,
          5,
          new Optimizer(Optimizer.Kind.ADAM, 0.1, 1e-6),
          List.of(),
          0);

  /** Francois Chollet, "How convolutional neural networks see the world", 2016. */
  public static final Recipe CHOLLET =
      new Recipe(
          "chollet",
          Image.INPUT,
          150,
          1,
          40,
          1,
          1,
          new Optimizer(Optimizer.Kind.NORMALIZED, 1, 0),
          List.of(),
          0);

  /** Olah, Mordvintsev and Schubert, "Feature Visualization", 2017, as their lucid has it. */
  public static final Recipe LUCID =
      new Recipe(
          "lucid",
          Image.FOURIER,
          128,
          1,
          512,
          1,
          1,
          new Optimizer(Optimizer.Kind.ADAM, 0.05, 0),
          Transform.lucid(),
          16);

  /** What is known by name. */
  public static final List<Recipe> PRESETS = List.of(GRAETZ, CHOLLET, LUCID);

  private static final int LARGEST_START = 512;

  /** Copies the list. */
  public Recipe {
    transforms = List.copyOf(transforms);
  }

  /** The same with another number of steps in each round. */
  public Recipe withSteps(int steps) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** The same with another number of rounds. */
  public Recipe withRounds(int rounds) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** The same from another size on. */
  public Recipe withStart(int start) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** The same with other transforms. */
  public Recipe withTransforms(List<Transform> transforms) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** The same with another optimizer. */
  public Recipe withOptimizer(Optimizer optimizer) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** The same with images in other numbers. */
  public Recipe withImage(Image image) {
    return new Recipe(
        name, image, start, rounds, steps, factor, blur, optimizer, transforms, redirected);
  }

  /** True if it maximizes channels before their ReLU, where they have one. */
  public boolean beforeRelu() {
    return image != Image.INPUT;
  }

  /** The sizes of the rounds from a first one on. */
  List<Integer> sizesFrom(int first) {
    List<Integer> sizes = new ArrayList<>();
    int size = first;
    for (int round = 0; round < rounds; round++) {
      sizes.add(size);
      size = (int) (factor * size);
    }
    return sizes;
  }

  /**
   * The sizes of the rounds for a layer: from {@link #start} on, or from the smallest size at which
   * the layer has a map. In one round any size is taken: the images are brought to the network's.
   *
   * @throws BadInputException if the layer does not take images of these sizes
   */
  public List<Integer> sizes(Network network, String layer) {
    IllegalArgumentException atStart = null;
    for (int first = start; first <= Math.max(start, LARGEST_START); first++) {
      try {
        List<Integer> sizes = sizesFrom(first);
        for (int size : sizes) {
          network.shapes(Shape.of(1, size, size, 3), Listen.only(layer));
        }
        return sizes;
      } catch (IllegalArgumentException e) {
        atStart = atStart == null ? e : atStart;
      }
    }
    if (rounds == 1 && network.inputShape().dim(1) > 0) {
      return List.of(start);
    }
    throw new BadInputException(
        "%s takes no images of different sizes (%s), and this method needs them: choose a layer before it with --layer"
            .formatted(layer, atStart == null ? "" : atStart.getMessage()),
        atStart);
  }

  /** How many pixels all steps together pass over for one feature: what progress is counted in. */
  public long work(List<Integer> sizes) {
    return sizes.stream().mapToLong(size -> (long) size * size * steps).sum();
  }

  /**
   * How many features of a layer fit into a memory budget at once, at least one.
   *
   * @param sizes see {@link #sizes}
   */
  public int featuresWithin(long bytes, Network network, String layer, List<Integer> sizes) {
    int h = sizes.get(sizes.size() - 1);
    int w = h;
    for (Transform transform : fitted(network, layer, h)) {
      boolean fit = transform instanceof Transform.Fit;
      h = fit ? network.inputShape().dim(1) : Math.max(h, transform.longest(h));
      w = fit ? network.inputShape().dim(2) : Math.max(w, transform.longest(w));
    }
    return network.imagesWithin(bytes, h, w, Listen.only(layer).withGradients());
  }

  /** The transforms, and one to the network's own size where the layer takes no other. */
  private List<Transform> fitted(Network network, String layer, int size) {
    Shape own = network.inputShape();
    boolean any = takes(network, layer, size) && takes(network, layer, size + 1);
    if (any || rounds > 1 || own.dim(1) == 0) {
      return transforms;
    }
    List<Transform> all = new ArrayList<>(transforms);
    all.add(new Transform.Fit(own.dim(1), own.dim(2)));
    return all;
  }

  private static boolean takes(Network network, String layer, int size) {
    try {
      network.shapes(Shape.of(1, size, size, 3), Listen.only(layer));
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** One picture for each feature, from noise, see the other. */
  public List<Maximized> maximize(
      Network network,
      Preprocessing preprocessing,
      List<Feature> features,
      List<Integer> sizes,
      long seed,
      LongConsumer progress) {
    return maximize(network, preprocessing, features, null, null, sizes, seed, progress);
  }

  /**
   * One picture for each feature; they are optimized side by side, each for itself.
   *
   * @param features of one layer
   * @param beside what is maximized with them, or null
   * @param from colours {@code [size, size, 3]} in 0..1 of the first size to start from, or null
   *     for noise
   * @param sizes see {@link #sizes}
   * @param seed of the noise; each channel has its own
   * @param progress is told of the {@link #work} done since the last time
   * @throws IllegalArgumentException if the features are of several layers
   */
  public List<Maximized> maximize(
      Network network,
      Preprocessing preprocessing,
      List<Feature> features,
      Goal beside,
      float[] from,
      List<Integer> sizes,
      long seed,
      LongConsumer progress) {
    Goal goal = Direction.each(features);
    goal = beside == null ? goal : goal.plus(beside);
    Backend backend = network.backend();
    int n = features.size();
    List<Transform> all = fitted(network, features.get(0).layer(), sizes.get(0));
    Random random = new Random(mixed(seed, -1));
    List<List<Double>> activations = new ArrayList<>();
    features.forEach(f -> activations.add(new ArrayList<>()));
    boolean[] alive = new boolean[n];
    float[] z = from == null ? noise(preprocessing, features, sizes.get(0), seed) : null;
    if (z == null) {
      z = repeated(of(preprocessing, from, sizes.get(0)), n);
    }
    for (int round = 0; round < sizes.size(); round++) {
      int size = sizes.get(round);
      if (round > 0) {
        float[] larger = enlarged(backend, z, n, sizes.get(round - 1), size);
        z = image == Image.FOURIER ? encoded(larger, n, size) : larger;
      }
      try (Ascent ascent = new Ascent(network, preprocessing, goal, all, random);
          Parameterization images = images(backend, preprocessing, n, size, z);
          Optimizer.Mover mover = optimizer.on(backend)) {
        if (round == 0) {
          note(ascent, images, activations);
        }
        ascent.climb(
            images,
            mover,
            steps,
            round == 0 ? redirected : 0,
            gradient -> noteAlive(gradient, alive),
            step -> progress.accept((long) size * size * n));
        note(ascent, images, activations);
        z = ascent.images(images);
      }
      backend.trim();
    }
    return results(preprocessing, features, z, sizes, activations, alive);
  }

  private static void note(Ascent ascent, Parameterization images, List<List<Double>> activations) {
    double[] values = ascent.values(images);
    for (int i = 0; i < values.length; i++) {
      activations.get(i).add(values[i]);
    }
  }

  private static void noteAlive(Tensor gradient, boolean[] alive) {
    float[] values = gradient.toFloats();
    int each = values.length / alive.length;
    for (int i = 0; i < values.length; i++) {
      alive[i / each] |= values[i] != 0;
    }
  }

  private Parameterization images(
      Backend backend, Preprocessing preprocessing, int n, int size, float[] z) {
    return image == Image.FOURIER
        ? new FourierImages(backend, n, size, size, z)
        : new PixelImages(backend, space(preprocessing), Shape.of(n, size, size, 3), z);
  }

  private PixelSpace space(Preprocessing preprocessing) {
    return switch (image) {
      case PIXELS -> PixelSpace.STANDARD;
      case INPUT -> PixelSpace.of(preprocessing);
      case FOURIER -> PixelSpace.COLORS;
    };
  }

  /** The numbers of one image. */
  private float[] of(Preprocessing preprocessing, float[] colors, int size) {
    return image == Image.FOURIER
        ? FourierImages.of(colors, size, size)
        : space(preprocessing).of(colors);
  }

  private static float[] repeated(float[] one, int n) {
    float[] all = new float[n * one.length];
    for (int i = 0; i < n; i++) {
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    return all;
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
  float[] noise(Preprocessing preprocessing, List<Feature> features, int size, long seed) {
    int each = image == Image.FOURIER ? FourierImages.size(size, size) : size * size * 3;
    float[] z = new float[features.size() * each];
    for (int i = 0; i < features.size(); i++) {
      Random random = new Random(mixed(seed, features.get(i).channel()));
      for (int k = 0; k < each; k++) {
        z[i * each + k] =
            switch (image) {
              case PIXELS -> PixelSpace.STANDARD.of((150 + random.nextInt(30)) / 255.0, k % 3);
              case INPUT -> 128 + 20 * random.nextFloat();
              case FOURIER -> (float) (0.01 * random.nextGaussian());
            };
      }
    }
    return z;
  }

  /** SplitMix64's finalizer: neighbouring seeds would give this generator similar numbers. */
  private static long mixed(long seed, int channel) {
    long x = seed * 0x9E3779B97F4A7C15L + channel + 1;
    x = (x ^ (x >>> 30)) * 0xBF58476D1CE4E5B9L;
    x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
    return x ^ (x >>> 31);
  }

  /** Enlarges and blurs {@code [n, from, from, 3]}. */
  float[] enlarged(Backend backend, float[] z, int n, int from, int to) {
    float[] larger;
    try (Scope scope = new Scope(backend)) {
      Tensor small = scope.of(Shape.of(n, from, from, 3), z);
      Tensor large = scope.make(Shape.of(n, to, to, 3));
      backend.resample(Interpolation.BICUBIC, small.buffer(), large.buffer());
      larger = large.toFloats();
    }
    return new BoxBlur(blur).of(larger, n, to, to, 3);
  }

  private List<Maximized> results(
      Preprocessing preprocessing,
      List<Feature> features,
      float[] z,
      List<Integer> sizes,
      List<List<Double>> activations,
      boolean[] alive) {
    int each = z.length / features.size();
    List<Maximized> results = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      float[] own = Arrays.copyOfRange(z, i * each, (i + 1) * each);
      float[] colors =
          image == Image.INPUT ? standardized(own) : space(preprocessing).toColors(own);
      results.add(
          new Maximized(
              features.get(i),
              sizes.get(sizes.size() - 1),
              colors,
              sizes,
              activations.get(i),
              !alive[i]));
    }
    return results;
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
