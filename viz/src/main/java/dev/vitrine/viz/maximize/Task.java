package dev.vitrine.viz.maximize;

import java.util.List;

/**
 * What is made in one go: images side by side, each for itself but for goals that compare them.
 *
 * @param goal of each image
 * @param noise for each image, which of the seed's noises it starts from
 * @param from colours {@code [size, size, 3]} in 0..1 of the first size that all start from, or
 *     null for noise
 * @param sizes of the rounds, see {@link Recipe#sizes}
 * @param seed of the noises and of random transforms
 */
public record Task(Goal goal, List<Long> noise, float[] from, List<Integer> sizes, long seed) {

  /** Copies the lists. */
  public Task {
    noise = List.copyOf(noise);
    sizes = List.copyOf(sizes);
  }

  /** How many images. */
  int images() {
    return noise.size();
  }
}
