package dev.vitrine.viz.attribution;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * Gradients at noisy copies of the input {@code x + e_k}, {@code e_k} normal with a deviation that
 * is a share of the input's range, folded to one map:
 *
 * <ul>
 *   <li>{@code MEAN}, {@code sum g_k / n} (Smilkov, Thorat, Kim, Viegas and Wattenberg,
 *       "SmoothGrad", 2017);
 *   <li>{@code SQUARED}, {@code sum g_k^2 / n} (Hooker, Erhan, Kindermans and Kim, "A Benchmark for
 *       Interpretability Methods", 2019);
 *   <li>{@code VARIANCE}, {@code sum (g_k - mean)^2 / n} (Adebayo, Gilmer, Goodfellow and Kim,
 *       "Local Explanation Methods", 2018).
 * </ul>
 *
 * @param samples how many noisy copies, 1 or more
 * @param noise the deviation over the largest less the smallest number of the input, 0 or more
 * @param seed of the noise; each copy's is its own whatever the others are
 */
public record SmoothGrad(int samples, double noise, Form form, long seed) implements Attributor {

  /** How the gradients are folded. */
  public enum Form {
    MEAN,
    SQUARED,
    VARIANCE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the numbers. */
  public SmoothGrad {
    if (samples < 1 || !(noise >= 0)) {
      throw new IllegalArgumentException(
          "%d samples with noise %s: expected 1 or more, and 0 or more".formatted(samples, noise));
    }
  }

  @Override
  public int work(Subject subject) {
    return samples + 1;
  }

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    double deviation = noise * subject.range();
    return of(
        subject,
        (k, batch, offset) -> {
          SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + k);
          for (int i = 0; i < subject.input().length; i++) {
            batch[offset + i] = (float) (deviation * random.nextGaussian());
          }
        },
        progress);
  }

  /** The same with the noise of a source, whose deviation is the caller's business. */
  public Attributed of(Subject subject, Batches.Source noises, IntConsumer progress) {
    float[] x = subject.input();
    double[] sum = new double[x.length];
    double[] squares = new double[x.length];
    double[] noisy = {0};
    Batches batches = new Batches(subject, progress);
    double value =
        batches.values(1, (k, batch, offset) -> System.arraycopy(x, 0, batch, offset, x.length))[0];
    batches.gradients(
        ReluRule.GRADIENT,
        samples,
        (k, batch, offset) -> {
          noises.fill(k, batch, offset);
          for (int i = 0; i < x.length; i++) {
            batch[offset + i] += x[i];
          }
        },
        (k, v, g, offset) -> {
          noisy[0] += v / samples;
          for (int i = 0; i < x.length; i++) {
            sum[i] += g[offset + i];
            squares[i] += (double) g[offset + i] * g[offset + i];
          }
        });
    float[] map = new float[x.length];
    for (int i = 0; i < map.length; i++) {
      double mean = sum[i] / samples;
      double square = squares[i] / samples;
      map[i] =
          (float)
              switch (form) {
                case MEAN -> mean;
                case SQUARED -> square;
                case VARIANCE -> Math.max(0, square - mean * mean);
              };
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("deviation", noise * subject.range());
    figures.put("meanUnderNoise", noisy[0]);
    return new Attributed(value, map, figures);
  }
}
