package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import java.util.Arrays;

/** Max pooling, element by element, of images with numbers that oneDNN does not order. */
final class MaxPoolLoop {
  private MaxPoolLoop() {}

  /** NaN is above everything; {@code switches} may be null. */
  static void run(Window w, Block x, Shape xShape, Storage switches, Block y, Shape yShape) {
    int channels = xShape.dim(3);
    float[] pixel = new float[channels];
    float[] best = new float[channels];
    int[] winners = new int[channels];
    for (int n = 0; n < yShape.dim(0); n++) {
      for (int i = 0; i < yShape.dim(1); i++) {
        for (int j = 0; j < yShape.dim(2); j++) {
          Arrays.fill(winners, -1);
          for (int element = 0; element < w.kernelH() * w.kernelW(); element++) {
            int row = i * w.strideH() + element / w.kernelW() * w.dilationH() - w.padTop();
            int column = j * w.strideW() + element % w.kernelW() * w.dilationW() - w.padLeft();
            if (row < 0 || row >= xShape.dim(1) || column < 0 || column >= xShape.dim(2)) {
              continue;
            }
            long place = ((long) n * xShape.dim(1) + row) * xShape.dim(2) + column;
            x.read(place * channels, pixel, 0, channels);
            for (int c = 0; c < channels; c++) {
              if (winners[c] < 0
                  || pixel[c] > best[c]
                  || Float.isNaN(pixel[c]) && !Float.isNaN(best[c])) {
                best[c] = pixel[c];
                winners[c] = element;
              }
            }
          }
          long to = (((long) n * yShape.dim(1) + i) * yShape.dim(2) + j) * channels;
          y.write(to, best, 0, channels);
          if (switches != null) {
            Switches.write(switches, (int) to, winners, channels);
          }
        }
      }
    }
  }
}
