package dev.vitrine.viz.trust;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.method.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The model randomization test (Adebayo, Gilmer, Muelly, Goodfellow, Hardt and Kim, "Sanity Checks
 * for Saliency Maps", 2018): layer by layer, from the scores down to the image, weights are drawn
 * anew, each time on top of what was drawn before. A map that shows what the network has learned
 * must change; one that stays the same shows the image's edges. Kernels become normal about zero,
 * with the size that the old ones had in the mean square, so that scales stay what they were;
 * vectors (biases, a normalization's numbers) are shuffled, since a variance must stay positive.
 *
 * <p>Weights that leave what is explained without any gradient at the input are drawn again: a
 * score that a ReLU keeps at zero has no map by any method, and would examine none.
 *
 * @param seed of the weights
 */
public record CascadingRandomization(long seed) {
  private static final int SLICE = 1 << 20;

  /** Half of the draws or more serve; so many in a row fail where none would. */
  private static final int TRIES = 16;

  private static final PixelMap GRADIENT = PixelMap.of(new InputGradient(ReluRule.GRADIENT));

  /**
   * What is left of a map.
   *
   * @param layer down to which the weights are random, or null for the network as it is
   * @param map {@code [h, w]} at the input's size
   * @param correlation Spearman's, with the network's own map; NaN where the map has no difference
   */
  public record Stage(String layer, float[] map, double correlation) {}

  /**
   * The layers that have weights, from the scores to the image: as many stages follow the first.
   */
  public static List<String> layers(Network network, String scores) {
    Set<String> before = new HashSet<>(Set.of(scores));
    List<String> found = new ArrayList<>();
    List<Layer> all = network.layers();
    for (int i = all.size() - 1; i >= 0; i--) {
      Layer layer = all.get(i);
      if (before.contains(layer.name())) {
        before.addAll(layer.inputs());
        if (!layer.parameters().isEmpty()) {
          found.add(layer.name());
        }
      }
    }
    return found;
  }

  /**
   * Some of the {@link #layers}, as far apart as can be, the last among them.
   *
   * @param count how many, at most as there are
   */
  public static List<String> stops(List<String> layers, int count) {
    int n = Math.min(count, layers.size());
    return IntStream.rangeClosed(1, n)
        .mapToObj(i -> layers.get(i * layers.size() / n - 1))
        .toList();
  }

  /** The map and what becomes of it layer by layer. */
  public List<Stage> of(Subject subject, PixelMap method, Consumer<Stage> done) {
    return of(subject, method, layers(subject.network(), subject.objective().layer()), done);
  }

  /**
   * The map and what becomes of it. The network itself stays as it is: a copy is randomized.
   *
   * @param stops the layers down to which weights are random when a map is made, see {@link #stops}
   * @param done is told of each stage
   */
  public List<Stage> of(
      Subject subject, PixelMap method, List<String> stops, Consumer<Stage> done) {
    List<Stage> stages = new ArrayList<>();
    float[] original = method.of(subject);
    stages.add(new Stage(null, original, RankCorrelation.of(original, original)));
    done.accept(stages.get(0));
    try (Network copy = subject.network().copyTo(subject.network().backend())) {
      Subject changed = new Subject(copy, subject.shape(), subject.input(), subject.objective());
      Set<Parameter> drawn = new HashSet<>();
      List<Parameter> next = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(seed);
      for (String layer : layers(copy, subject.objective().layer())) {
        copy.layer(layer).parameters().stream().filter(drawn::add).forEach(next::add);
        if (stops.contains(layer)) {
          draw(changed, next, random);
          next.clear();
          float[] map = method.of(changed);
          stages.add(new Stage(layer, map, RankCorrelation.of(original, map)));
          done.accept(stages.get(stages.size() - 1));
        }
      }
    }
    return stages;
  }

  /**
   * The rank correlation of a map with that of a network all of whose weights are drawn at once:
   * the end of another cascade, without the way there. NaN where that map has no difference.
   *
   * @param original the method's map for the network as it is
   */
  public double left(Subject subject, PixelMap method, float[] original) {
    try (Network copy = subject.network().copyTo(subject.network().backend())) {
      Subject changed = new Subject(copy, subject.shape(), subject.input(), subject.objective());
      SplittableRandom random = new SplittableRandom(seed);
      Set<Parameter> all = new LinkedHashSet<>();
      layers(copy, subject.objective().layer())
          .forEach(layer -> all.addAll(copy.layer(layer).parameters()));
      draw(changed, List.copyOf(all), random);
      return RankCorrelation.of(original, method.of(changed));
    }
  }

  /** Again and again, while nothing comes of them. */
  private static void draw(Subject changed, List<Parameter> weights, SplittableRandom random) {
    int tries = 0;
    do {
      changed.network().train();
      weights.forEach(p -> draw(p.value(), random));
      changed.network().freeze();
    } while (!weights.isEmpty() && ++tries < TRIES && isDead(changed));
  }

  private static boolean isDead(Subject subject) {
    for (float g : GRADIENT.of(subject)) {
      if (g != 0) {
        return false;
      }
    }
    return true;
  }

  private static void draw(Tensor weight, SplittableRandom random) {
    if (weight.shape().rank() > 1) {
      drawKernel(weight, random);
      return;
    }
    float[] vector = weight.toFloats();
    for (int i = vector.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      float kept = vector[i];
      vector[i] = vector[j];
      vector[j] = kept;
    }
    weight.backend().upload(weight.buffer(), 0, vector, 0, vector.length);
  }

  /** In slices: VGG16's largest weight has a hundred million numbers. */
  private static void drawKernel(Tensor weight, SplittableRandom random) {
    long size = weight.shape().size();
    float[] slice = new float[(int) Math.min(size, SLICE)];
    double squares = 0;
    for (long at = 0; at < size; at += slice.length) {
      int count = (int) Math.min(slice.length, size - at);
      weight.backend().download(weight.buffer(), at, slice, 0, count);
      for (int i = 0; i < count; i++) {
        squares += (double) slice[i] * slice[i];
      }
    }
    double deviation = Math.sqrt(squares / size);
    for (long at = 0; at < size; at += slice.length) {
      int count = (int) Math.min(slice.length, size - at);
      for (int i = 0; i < count; i++) {
        slice[i] = (float) (deviation * random.nextGaussian());
      }
      weight.backend().upload(weight.buffer(), at, slice, 0, count);
    }
  }
}
