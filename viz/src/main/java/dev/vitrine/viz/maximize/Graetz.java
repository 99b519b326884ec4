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
import java.util.List;
import java.util.Random;
import java.util.function.LongConsumer;

/**
 * Activation maximization from coarse to fine (Fabio M. Graetz, "How to visualize convolutional
 * features in 40 lines of code", 2019): from noise in 150..179 of 255, in each round some steps of
 * Adam uphill on the mean of a channel's map, over {@link StandardPixels}; between rounds the image
 * is enlarged with a cubic filter (a = -0.75) and blurred with a box, which leaves the next round
 * to put the fine patterns back. The image is clipped to what can be seen at the very end only.
 *
 * @param start height and width of the first round, in pixels
 * @param rounds how many
 * @param steps of Adam in each
 * @param factor by which each round is larger than the one before
 * @param blur height and width of the box, in pixels, odd
 * @param learningRate of Adam, in standard deviations
 * @param weightDecay of Adam
 */
public record Graetz(
    int start,
    int rounds,
    int steps,
    double factor,
    int blur,
    double learningRate,
    double weightDecay) {

  /** As it was published: 56 to 408 pixels in 12 rounds of 20 steps. */
  public static final Graetz PUBLISHED = new Graetz(56, 12, 20, 1.2, 5, 0.1, 1e-6);

  private static final int LARGEST_START = 512;
  private static final int DARKEST = 150;
  private static final int BRIGHTEST = 179;

  /** The same with another number of steps in each round. */
  public Graetz withSteps(int steps) {
    return new Graetz(start, rounds, steps, factor, blur, learningRate, weightDecay);
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
   * the layer has a map.
   *
   * @throws BadInputException if the layer does not take images of these sizes
   */
  public List<Integer> sizes(Network network, String layer) {
    IllegalArgumentException atStart = null;
    for (int first = start; first <= LARGEST_START; first++) {
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
    int largest = sizes.get(sizes.size() - 1);
    return network.imagesWithin(bytes, largest, largest, Listen.only(layer).withGradients());
  }

  /**
   * One picture for each feature; they are optimized side by side, each for itself.
   *
   * @param features of one layer
   * @param sizes see {@link #sizes}
   * @param seed of the noise; each channel has its own
   * @param progress is told of the {@link #work} done since the last time
   * @throws IllegalArgumentException if the features are of several layers
   */
  public List<Maximized> maximize(
      Network network,
      Preprocessing preprocessing,
      List<Feature> features,
      List<Integer> sizes,
      long seed,
      LongConsumer progress) {
    if (Feature.layers(features).size() != 1) {
      throw new IllegalArgumentException(
          "features of the layers " + Feature.layers(features) + ", expected those of one");
    }
    Backend backend = network.backend();
    try (StandardPixels pixels = new StandardPixels(backend, preprocessing)) {
      Climb climb = new Climb(this, network, pixels, features, progress);
      float[] z = noise(features, sizes.get(0), seed);
      for (int round = 0; round < sizes.size(); round++) {
        if (round > 0) {
          z = enlarged(backend, z, features.size(), sizes.get(round - 1), sizes.get(round));
        }
        z = climb.round(z, sizes.get(round));
        backend.trim();
      }
      return climb.results(z, sizes);
    }
  }

  /** Whole numbers, as the published code has them, in standard deviations. */
  static float[] noise(List<Feature> features, int size, long seed) {
    int each = size * size * 3;
    float[] z = new float[features.size() * each];
    for (int i = 0; i < features.size(); i++) {
      Random random = new Random(mixed(seed, features.get(i).channel()));
      for (int k = 0; k < each; k++) {
        int pixel = DARKEST + random.nextInt(BRIGHTEST - DARKEST + 1);
        z[i * each + k] = StandardPixels.of(pixel, k % 3);
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
}
