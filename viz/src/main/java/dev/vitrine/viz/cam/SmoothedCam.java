package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * The mean of a method's maps over six views of the input: as it is and mirrored, each times 0.9, 1
 * and 1.1 after preprocessing; the mirrored views' maps are mirrored back. What all views agree on
 * stays (the test-time augmentation of Gildenblat's pytorch-grad-cam).
 */
public record SmoothedCam(CamMethod method) implements CamMethod {
  private static final float[] FACTORS = {0.9f, 1, 1.1f};

  @Override
  public int work(Subject subject, String layer) {
    return 2 * FACTORS.length * method.work(subject, layer);
  }

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    double[] sum = null;
    CamMap map = null;
    for (boolean mirror : new boolean[] {false, true}) {
      for (float factor : FACTORS) {
        map = method.of(view(subject, mirror, factor), layer, progress);
        sum = sum == null ? new double[map.values().length] : sum;
        float[] values = mirror ? mirrored(map.values(), map.h(), map.w(), 1) : map.values();
        for (int i = 0; i < sum.length; i++) {
          sum[i] += values[i] / (2 * FACTORS.length);
        }
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) sum[i];
    }
    return new CamMap(map.h(), map.w(), mean);
  }

  private static Subject view(Subject subject, boolean mirror, float factor) {
    float[] x =
        mirror
            ? mirrored(subject.input(), subject.height(), subject.width(), subject.channels())
            : subject.input().clone();
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
    return new Subject(subject.network(), subject.shape(), x, subject.objective());
  }

  /** {@code [h, w, c]} with left and right exchanged. */
  private static float[] mirrored(float[] image, int h, int w, int c) {
    float[] out = new float[image.length];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        System.arraycopy(image, (y * w + x) * c, out, (y * w + w - 1 - x) * c, c);
      }
    }
    return out;
  }
}
