package dev.vitrine.viz.maximize;

import java.util.List;

/**
 * A picture that makes something large.
 *
 * @param size height and width
 * @param colors {@code [size, size, 3]} in 0..1, RGB, row-major
 * @param sizes of the rounds
 * @param activations the goal before the first round and after each one
 * @param dead true if no gradient ever arrived at the pixels, so that the picture says nothing
 */
public record Maximized(
    int size, float[] colors, List<Integer> sizes, List<Double> activations, boolean dead) {

  /** Copies the lists. */
  public Maximized {
    sizes = List.copyOf(sizes);
    activations = List.copyOf(activations);
  }
}
