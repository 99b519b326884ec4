package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Preprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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

  /** As {@link #sizes(Network, Set)}, for one layer. */
  public List<Integer> sizes(Network network, String layer) {
    return sizes(network, Set.of(layer));
  }

  /**
   * The sizes of the rounds for a goal that reads some layers: from {@link #start} on, or from the
   * smallest size at which all of them have a map. In one round any size is taken: the images are
   * brought to the network's.
   *
   * @throws BadInputException if one of the layers does not take images of these sizes
   */
  public List<Integer> sizes(Network network, Set<String> layers) {
    Listen listen = Listen.only(layers.toArray(String[]::new));
    IllegalArgumentException atStart = null;
    for (int first = start; first <= Math.max(start, LARGEST_START); first++) {
      try {
        List<Integer> sizes = sizesFrom(first);
        for (int size : sizes) {
          network.shapes(Shape.of(1, size, size, 3), listen);
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
            .formatted(String.join(" or ", layers), atStart == null ? "" : atStart.getMessage()),
        atStart);
  }

  /** How many pixels all steps together pass over for one feature: what progress is counted in. */
  public long work(List<Integer> sizes) {
    return sizes.stream().mapToLong(size -> (long) size * size * steps).sum();
  }

  /**
   * How many images fit into a memory budget at once, at least one.
   *
   * @param layers that the goal reads
   * @param sizes see {@link #sizes}
   */
  public int imagesWithin(long bytes, Network network, Set<String> layers, List<Integer> sizes) {
    Listen listen = Listen.only(layers.toArray(String[]::new));
    int h = sizes.get(sizes.size() - 1);
    int w = h;
    for (Transform transform : fitted(network, listen, h)) {
      boolean fit = transform instanceof Transform.Fit;
      h = fit ? network.inputShape().dim(1) : Math.max(h, transform.longest(h));
      w = fit ? network.inputShape().dim(2) : Math.max(w, transform.longest(w));
    }
    return network.imagesWithin(bytes, h, w, listen.withGradients());
  }

  /** The transforms, and one to the network's own size where what is read takes no other. */
  List<Transform> fitted(Network network, Listen listen, int size) {
    Shape own = network.inputShape();
    boolean any = takes(network, listen, size) && takes(network, listen, size + 1);
    if (any || rounds > 1 || own.dim(1) == 0) {
      return transforms;
    }
    List<Transform> all = new ArrayList<>(transforms);
    all.add(new Transform.Fit(own.dim(1), own.dim(2)));
    return all;
  }

  private static boolean takes(Network network, Listen listen, int size) {
    try {
      network.shapes(Shape.of(1, size, size, 3), listen);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * One picture for each feature, from noise; they are optimized side by side, each for itself.
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
    Task task = new Task(Direction.each(features), noise(features), null, sizes, seed);
    return maximize(network, preprocessing, task, Film.NONE, progress);
  }

  private static List<Long> noise(List<Feature> features) {
    return features.stream().map(f -> (long) f.channel()).toList();
  }

  /**
   * The task's pictures.
   *
   * @param film watches them being made
   * @param progress is told of the {@link #work} done since the last time
   */
  public List<Maximized> maximize(
      Network network, Preprocessing preprocessing, Task task, Film film, LongConsumer progress) {
    return new Optimization(this, network, preprocessing, task, film, progress).run();
  }
}
