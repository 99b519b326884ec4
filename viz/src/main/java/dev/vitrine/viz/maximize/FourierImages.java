package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Reshape;
import java.util.List;
import java.util.function.Supplier;

/**
 * Images as the Fourier spectra of decorrelated colours (Olah, Mordvintsev and Schubert, "Feature
 * Visualization", 2017; the numbers are those of lucid, Apache-2.0):
 *
 * <pre>color = sigmoid(M irfft2(V sqrt(h w) / max(f, 1 / max(h, w))) / 4)</pre>
 *
 * with {@code f} each frequency in cycles per pixel and {@code M} the square root of the covariance
 * of ImageNet's colours, divided by the norm of its longest column. Natural images have spectra
 * that fall like 1/f and colours that rise and fall together: in these numbers a step goes as far
 * in every direction as it does in natural images.
 *
 * <p>The numbers of an image are {@code [h, 2 (w / 2 + 1) 3]}: of each row of frequencies the real
 * parts, then the imaginary ones, three colours each. M and the transform along the rows are one
 * matrix.
 */
final class FourierImages implements Parameterization {
  private static final double[][] COVARIANCE_ROOT = {
    {0.26, 0.09, 0.02}, {0.27, 0.00, -0.05}, {0.27, -0.09, 0.03}
  };

  /** What lucid divides by, and calls a magic constant. */
  private static final double DAMPING = 4;

  /** Black and white are infinitely far away for a sigmoid. */
  private static final double MARGIN = 0.01;

  private final Scope scope;
  private final Tensor spectra; // [n, h, 2 * wf * 3]
  private final int h;
  private final int w;

  /** With spectra to begin with: Gaussian noise of standard deviation 0.01, or {@link #of}. */
  FourierImages(Backend backend, int n, int h, int w, float[] spectra) {
    this.scope = new Scope(backend);
    this.h = h;
    this.w = w;
    this.spectra = scope.of(Shape.of(n, h, row(w)), spectra).named("spectrum");
  }

  /** How many numbers stand for an image. */
  static int size(int h, int w) {
    return h * row(w);
  }

  private static int row(int w) {
    return 2 * frequencies(w) * 3;
  }

  /** How many frequencies along a row: the others are their mirror images. */
  private static int frequencies(int w) {
    return w / 2 + 1;
  }

  @Override
  public Tensor variable() {
    return spectra;
  }

  @Override
  public PixelSpace space() {
    return PixelSpace.COLORS;
  }

  private record Part(String name, int h, int w) {}

  private static Tensor matrix(
      Constants constants, String name, int h, int w, Shape shape, Supplier<double[]> values) {
    return constants.of(new Part(name, h, w), shape, values);
  }

  @Override
  public Tensor images(Tape tape, Constants constants) {
    Tensor scales =
        matrix(constants, "scale", h, w, Shape.of(1, h, row(w)), FourierImages.this::scales);
    Shape square = Shape.of(h, h);
    Shape across = Shape.of(row(w), w * 3);
    Tensor scaled = tape.apply(new Arithmetic(Binary.MULTIPLY), spectra, scales);
    Tensor transformed =
        tape.apply(
            new InverseFourier(),
            scaled,
            matrix(constants, "cos", h, w, square, () -> down(0)),
            matrix(constants, "real", h, w, across, () -> across(0)),
            matrix(constants, "-sin", h, w, square, () -> down(Math.PI / 2)),
            matrix(constants, "imaginary", h, w, across, () -> across(-Math.PI / 2)));
    Tensor images = tape.apply(new Reshape(List.of(h, w, 3)), transformed);
    return tape.apply(new Elementwise(Unary.SIGMOID), images);
  }

  private double[] scales() {
    double[] scales = new double[size(h, w)];
    int wf = frequencies(w);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = scale(i / row(w), i / 3 % wf);
    }
    return scales;
  }

  private double scale(int k, int l) {
    double fy = Math.min(k, h - k) / (double) h;
    double fx = l / (double) w;
    double frequency = Math.max(Math.hypot(fy, fx), 1.0 / Math.max(h, w));
    return Math.sqrt((double) h * w) / frequency / DAMPING;
  }

  /** {@code cos(2 pi k y / h + phase)} for row y of pixels and row k of frequencies. */
  private double[] down(double phase) {
    double[] matrix = new double[h * h];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = Math.cos(turn((long) (i / h) * (i % h), h) + phase);
    }
    return matrix;
  }

  /** From real and imaginary parts to the real ({@code phase} 0) or imaginary part of a row. */
  private double[] across(double phase) {
    int wf = frequencies(w);
    double[] matrix = new double[row(w) * w * 3];
    double[][] m = mixing();
    for (int part = 0; part < 2; part++) {
      for (int l = 0; l < wf; l++) {
        double weight = (isOwnMirror(l) ? 1.0 : 2.0) / ((double) h * w);
        for (int x = 0; x < w; x++) {
          double wave = weight * Math.cos(turn((long) l * x, w) + phase + part * Math.PI / 2);
          for (int from = 0; from < 3; from++) {
            for (int to = 0; to < 3; to++) {
              int row = (part * wf + l) * 3 + from;
              matrix[(row * w + x) * 3 + to] = m[to][from] * wave;
            }
          }
        }
      }
    }
    return matrix;
  }

  private boolean isOwnMirror(int l) {
    return l == 0 || 2 * l == w;
  }

  private static double turn(long steps, int of) {
    return 2 * Math.PI * (steps % of) / of;
  }

  /** From decorrelated to RGB. */
  static double[][] mixing() {
    double longest = 0;
    for (int c = 0; c < 3; c++) {
      double norm = 0;
      for (double[] row : COVARIANCE_ROOT) {
        norm += row[c] * row[c];
      }
      longest = Math.max(longest, Math.sqrt(norm));
    }
    double[][] m = new double[3][3];
    for (int i = 0; i < 9; i++) {
      m[i / 3][i % 3] = COVARIANCE_ROOT[i / 3][i % 3] / longest;
    }
    return m;
  }

  /** The spectrum of colours {@code [h, w, 3]}; those beyond 0.01..0.99 are brought there. */
  static float[] of(float[] colors, int h, int w) {
    FourierImages shape = new FourierImages(h, w);
    int wf = frequencies(w);
    double[] plain = decorrelated(colors);
    double[] real = new double[h * wf * 3]; // of each row of pixels
    double[] imaginary = new double[h * wf * 3];
    for (int y = 0; y < h; y++) {
      for (int l = 0; l < wf; l++) {
        for (int x = 0; x < w; x++) {
          double angle = turn((long) l * x, w);
          double cos = Math.cos(angle);
          double sin = Math.sin(angle);
          for (int c = 0; c < 3; c++) {
            real[(y * wf + l) * 3 + c] += cos * plain[(y * w + x) * 3 + c];
            imaginary[(y * wf + l) * 3 + c] -= sin * plain[(y * w + x) * 3 + c];
          }
        }
      }
    }
    float[] spectrum = new float[size(h, w)];
    for (int k = 0; k < h; k++) {
      double[] re = new double[wf * 3];
      double[] im = new double[wf * 3];
      for (int y = 0; y < h; y++) {
        double angle = turn((long) k * y, h);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int i = 0; i < re.length; i++) {
          double a = real[y * wf * 3 + i];
          double b = imaginary[y * wf * 3 + i];
          re[i] += a * cos + b * sin;
          im[i] += b * cos - a * sin;
        }
      }
      for (int i = 0; i < re.length; i++) {
        double scale = shape.scale(k, i / 3);
        spectrum[k * row(w) + i] = (float) (re[i] / scale);
        spectrum[k * row(w) + wf * 3 + i] = (float) (im[i] / scale);
      }
    }
    return spectrum;
  }

  /** For the numbers that depend on the size alone. */
  private FourierImages(int h, int w) {
    this.scope = null;
    this.spectra = null;
    this.h = h;
    this.w = w;
  }

  /** Before the sigmoid and the mixing of colours. */
  private static double[] decorrelated(float[] colors) {
    double[][] inverse = inverse(mixing());
    double[] plain = new double[colors.length];
    for (int i = 0; i < colors.length; i += 3) {
      for (int c = 0; c < 3; c++) {
        double color = Math.min(1 - MARGIN, Math.max(MARGIN, colors[i + c]));
        double logit = Math.log(color / (1 - color));
        for (int to = 0; to < 3; to++) {
          plain[i + to] += inverse[to][c] * logit;
        }
      }
    }
    return plain;
  }

  /** Of a 3x3 matrix, by its cofactors. */
  private static double[][] inverse(double[][] m) {
    double[][] cofactors = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        cofactors[i][j] =
            m[(i + 1) % 3][(j + 1) % 3] * m[(i + 2) % 3][(j + 2) % 3]
                - m[(i + 1) % 3][(j + 2) % 3] * m[(i + 2) % 3][(j + 1) % 3];
      }
    }
    double determinant = 0;
    for (int j = 0; j < 3; j++) {
      determinant += m[0][j] * cofactors[0][j];
    }
    double[][] inverse = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        inverse[i][j] = cofactors[j][i] / determinant;
      }
    }
    return inverse;
  }

  @Override
  public void close() {
    scope.close();
  }
}
