package dev.vitrine.viz.trust;

import dev.vitrine.viz.method.Subject;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * How far a map moves when the input hardly does (Yeh, Hsieh, Suggala, Inouye and Ravikumar, "On
 * the (In)fidelity and Sensitivity of Explanations", 2019): the largest of {@code |M(x + e) - M(x)|
 * / |M(x)|} over random {@code e}, uniform in a cube. 0 is a map that does not move.
 *
 * @param samples how many {@code e}
 * @param radius half the cube's side over the input's range
 */
public record Sensitivity(int samples, double radius, long seed) {

  /** The largest relative change; NaN for a map that is zero. */
  public double of(Subject subject, PixelMap method, IntConsumer progress) {
    float[] map = method.of(subject);
    double reach = radius * subject.range();
    SplittableRandom random = new SplittableRandom(seed);
    double length = 0;
    for (float value : map) {
      length += (double) value * value;
    }
    double largest = 0;
    for (int sample = 0; sample < samples; sample++) {
      float[] moved = subject.input().clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += (float) (reach * (2 * random.nextDouble() - 1));
      }
      float[] there =
          method.of(new Subject(subject.network(), subject.shape(), moved, subject.objective()));
      double distance = 0;
      for (int i = 0; i < map.length; i++) {
        distance += Math.pow((double) there[i] - map[i], 2);
      }
      largest = Math.max(largest, Math.sqrt(distance / length));
      progress.accept(1);
    }
    return largest;
  }
}
