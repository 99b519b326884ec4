package dev.vitrine.viz.trust;

import dev.vitrine.viz.method.Subject;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Maps that know nothing of the network: what any examination of methods must tell from those that
 * do.
 */
public enum Control implements PixelMap {
  /**
   * The edges of the photograph, as Adebayo et al. (2018) hold them against saliency maps: the
   * length of Sobel's gradient, {@code [1 2 1]' [-1 0 1]} and the same turned, of the mean over the
   * channels. Pixels at the border repeat beyond it.
   */
  SOBEL {
    @Override
    public float[] of(Subject subject) {
      int h = subject.height();
      int w = subject.width();
      float[] grey = grey(subject);
      float[] edges = new float[h * w];
      for (int y = 0; y < h; y++) {
        int above = Math.max(0, y - 1) * w;
        int here = y * w;
        int below = Math.min(h - 1, y + 1) * w;
        for (int x = 0; x < w; x++) {
          int left = Math.max(0, x - 1);
          int right = Math.min(w - 1, x + 1);
          double across =
              grey[above + right]
                  - grey[above + left]
                  + 2 * (grey[here + right] - grey[here + left])
                  + grey[below + right]
                  - grey[below + left];
          double down =
              grey[below + left]
                  - grey[above + left]
                  + 2 * (grey[below + x] - grey[above + x])
                  + grey[below + right]
                  - grey[above + right];
          edges[here + x] = (float) Math.hypot(across, down);
        }
      }
      return edges;
    }
  },

  /** Noise, the same for every photograph of a size. */
  RANDOM {
    @Override
    public float[] of(Subject subject) {
      SplittableRandom random = new SplittableRandom(0);
      float[] noise = new float[subject.height() * subject.width()];
      for (int i = 0; i < noise.length; i++) {
        noise[i] = (float) random.nextDouble();
      }
      return noise;
    }
  };

  private static float[] grey(Subject subject) {
    int channels = subject.channels();
    float[] grey = new float[subject.height() * subject.width()];
    for (int i = 0; i < subject.input().length; i++) {
      grey[i / channels] += subject.input()[i] / channels;
    }
    return grey;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
