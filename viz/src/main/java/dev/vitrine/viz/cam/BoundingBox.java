package dev.vitrine.viz.cam;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The smallest box about the largest connected region where a map exceeds a share of its maximum
 * (Zhou et al., 2016, with a share of 0.2), in the pixels of the enlarged map.
 *
 * @param top row of the first pixel inside
 * @param left column of the first pixel inside
 */
public record BoundingBox(int top, int left, int height, int width) {

  /**
   * The box.
   *
   * @param map {@code [h, w]}
   * @param share of the largest value, in 0..1
   * @return null where no value is positive
   */
  public static BoundingBox of(float[] map, int h, int w, double share) {
    double largest = 0;
    for (float value : map) {
      largest = Math.max(largest, value);
    }
    if (largest == 0) {
      return null;
    }
    boolean[] open = new boolean[map.length];
    for (int i = 0; i < map.length; i++) {
      open[i] = map[i] > share * largest;
    }
    BoundingBox best = null;
    int most = 0;
    for (int i = 0; i < map.length; i++) {
      if (open[i]) {
        int[] region = region(open, i, h, w);
        if (region[0] > most) {
          most = region[0];
          best =
              new BoundingBox(
                  region[1], region[2], region[3] - region[1] + 1, region[4] - region[2] + 1);
        }
      }
    }
    return best;
  }

  /** Closes a region and returns its pixels, first row and column, last row and column. */
  private static int[] region(boolean[] open, int start, int h, int w) {
    int[] found = {0, h, w, 0, 0};
    Deque<Integer> next = new ArrayDeque<>();
    open[start] = false;
    next.add(start);
    while (!next.isEmpty()) {
      int at = next.poll();
      int y = at / w;
      int x = at % w;
      found[0]++;
      found[1] = Math.min(found[1], y);
      found[2] = Math.min(found[2], x);
      found[3] = Math.max(found[3], y);
      found[4] = Math.max(found[4], x);
      visit(open, next, at - w, y > 0);
      visit(open, next, at + w, y < h - 1);
      visit(open, next, at - 1, x > 0);
      visit(open, next, at + 1, x < w - 1);
    }
    return found;
  }

  private static void visit(boolean[] open, Deque<Integer> next, int at, boolean inside) {
    if (inside && open[at]) {
      open[at] = false;
      next.add(at);
    }
  }
}
