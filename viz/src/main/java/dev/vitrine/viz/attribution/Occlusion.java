package dev.vitrine.viz.attribution;

import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * How far the objective falls where a square of the input is covered (Zeiler and Fergus,
 * "Visualizing and Understanding Convolutional Networks", 2014). The square moves in equal steps
 * from the top left until it reaches the bottom and the right edge, beyond which it is cut off; a
 * pixel gets the mean over the squares that cover it of {@code f(x) - f(covered)}.
 *
 * @param window side of the square in pixels
 * @param stride pixels between squares, at most the window
 * @param cover what the square shows, an input's preprocessed numbers
 */
public record Occlusion(int window, int stride, float[] cover) implements Attributor {

  /** Checks that every pixel is covered. */
  public Occlusion {
    if (window < 1 || stride < 1 || stride > window) {
      throw new IllegalArgumentException(
          "squares of %d pixels, %d apart: expected 1 or more, and at most the square's side"
              .formatted(window, stride));
    }
  }

  @Override
  public int work(Subject subject) {
    return 1 + places(subject.height()) * places(subject.width());
  }

  private int places(int extent) {
    return 1 + Math.max(0, (extent - window + stride - 1) / stride);
  }

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    int h = subject.height();
    int w = subject.width();
    int c = subject.channels();
    float[] x = subject.input();
    if (cover.length != x.length) {
      throw new IllegalArgumentException(
          "a cover of %d numbers for an input of %d".formatted(cover.length, x.length));
    }
    int across = places(w);
    double[] values =
        new Batches(subject, progress)
            .values(
                work(subject),
                (i, batch, offset) -> {
                  System.arraycopy(x, 0, batch, offset, x.length);
                  if (i > 0) {
                    int top = (i - 1) / across * stride;
                    int left = (i - 1) % across * stride;
                    int count = (Math.min(w, left + window) - left) * c;
                    for (int y = top; y < Math.min(h, top + window); y++) {
                      int from = (y * w + left) * c;
                      System.arraycopy(cover, from, batch, offset + from, count);
                    }
                  }
                });
    double[] falls = new double[h * w];
    int[] covers = new int[h * w];
    for (int i = 1; i < values.length; i++) {
      int top = (i - 1) / across * stride;
      int left = (i - 1) % across * stride;
      for (int y = top; y < Math.min(h, top + window); y++) {
        for (int column = left; column < Math.min(w, left + window); column++) {
          falls[y * w + column] += values[0] - values[i];
          covers[y * w + column]++;
        }
      }
    }
    float[] map = new float[x.length];
    for (int i = 0; i < map.length; i++) {
      map[i] = (float) (falls[i / c] / covers[i / c]);
    }
    return new Attributed(values[0], map);
  }
}
