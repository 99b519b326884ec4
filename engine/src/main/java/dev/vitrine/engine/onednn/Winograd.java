package dev.vitrine.engine.onednn;

/**
 * The three transforms of Winograd's convolution F(4x4, 3x3): a tile of 4 by 4 outputs from 6 by 6
 * inputs with 36 products per pair of channels in place of 144.
 *
 * <pre>  y = A' [ (G g G') * (B' d B) ] A</pre>
 *
 * <p>Each is applied along one axis at a time, to many elements at once: six arrays become six
 * (input), six four (output), three six (kernel). The polynomials are evaluated at 0, 1/&radic;2,
 * -1/&radic;2, &radic;2, -&radic;2 and infinity, in this order. These points lie evenly around 1,
 * which keeps the rounding at 1.5e-6 of the result's length (256 channels), where oneDNN's direct
 * sum has 0.8e-6; the usual 0, &plusmn;1, &plusmn;2 would double it.
 *
 * <p>A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016; on the
 * choice of points B. Barabasz et al., Error Analysis and Improving the Accuracy of Winograd
 * Convolution for Deep Neural Networks, ACM TOMS 46(4), 2020.
 *
 * <p>The loops are cut so small because the compiler of Java 17 turns them into vector instructions
 * only so: one in place of {@link #input}'s six runs at a fifth of their speed.
 */
final class Winograd {
  /** Rows and columns of a tile of the output. */
  static final int TILE = 4;

  /** Rows and columns of the input that a tile is made of. */
  static final int REACH = 6;

  /** Products of a tile and a pair of channels. */
  static final int PRODUCTS = REACH * REACH;

  /**
   * Elements that a transform works on at a time: 63 arrays of them, at most, stay in the cache.
   */
  static final int SEGMENT = 512;

  private static final float P = (float) Math.sqrt(0.5);
  private static final float Q = (float) Math.sqrt(2);

  private Winograd() {}

  /** The tiles along a side of the output. */
  static int tiles(int side) {
    return (side + TILE - 1) / TILE;
  }

  /**
   * Multiplies by {@code B'}: the {@code count} first elements of six arrays, {@code d[at]}, {@code
   * d[at + step]} and so on. They are overwritten, and change places in {@code d}.
   */
  static void input(float[][] d, int at, int step, int count) {
    float[] d0 = d[at];
    float[] d1 = d[at + step];
    float[] d2 = d[at + 2 * step];
    float[] d3 = d[at + 3 * step];
    float[] d4 = d[at + 4 * step];
    float[] d5 = d[at + 5 * step];
    ends(d0, d2, d4, count);
    ends(d5, d3, d1, count);
    evens(d2, d4, count);
    odds(d1, d3, count);
    butterfly(d2, d1, count);
    butterfly(d4, d3, count);
    d[at + step] = d2;
    d[at + 2 * step] = d1;
    d[at + 3 * step] = d4;
    d[at + 4 * step] = d3;
  }

  /** Multiplies by {@code A'}: six arrays as in {@link #input}, of which the first four count. */
  static void output(float[][] m, int at, int step, int count) {
    float[] m0 = m[at];
    float[] m1 = m[at + step];
    float[] m2 = m[at + 2 * step];
    float[] m3 = m[at + 3 * step];
    float[] m4 = m[at + 4 * step];
    float[] m5 = m[at + 5 * step];
    butterfly(m1, m2, count);
    butterfly(m3, m4, count);
    evenRows(m0, m1, m3, count);
    oddRows(m5, m2, m4, count);
    m[at + step] = m2;
    m[at + 2 * step] = m1;
    m[at + 3 * step] = m5;
    m[at + 5 * step] = m3;
  }

  /** Multiplies by {@code G}: three arrays of {@code g} into six of {@code u}. */
  static void kernel(float[][] g, int gAt, int gStep, float[][] u, int at, int step, int count) {
    float[] g0 = g[gAt];
    float[] g1 = g[gAt + gStep];
    float[] g2 = g[gAt + 2 * gStep];
    System.arraycopy(g0, 0, u[at], 0, count);
    sum(g0, g2, -2 / 3f, -1 / 3f, u[at + step], count);
    scale(g1, -2 / 3f * P, u[at + 2 * step], count);
    butterfly(u[at + step], u[at + 2 * step], count);
    sum(g0, g2, 1 / 6f, 1 / 3f, u[at + 3 * step], count);
    scale(g1, 1 / 6f * Q, u[at + 4 * step], count);
    butterfly(u[at + 3 * step], u[at + 4 * step], count);
    System.arraycopy(g2, 0, u[at + 5 * step], 0, count);
  }

  /** {@code y += bias}. */
  static void add(float[] bias, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      y[i] = y[i] + bias[i];
    }
  }

  /**
   * {@code y = max(y + bias, 0)}. They are summed up in {@code seen}, which becomes NaN where one
   * is NaN, and only there: all others are positive.
   */
  static void addAndRelu(float[] bias, float[] y, float[] seen, int count) {
    for (int i = 0; i < count; i++) {
      float v = Math.max(y[i] + bias[i], 0f);
      y[i] = v;
      seen[i] = seen[i] + v;
    }
  }

  private static void ends(float[] a, float[] b, float[] c, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = a[i] - 2.5f * b[i] + c[i];
    }
  }

  private static void evens(float[] d2, float[] d4, int count) {
    for (int i = 0; i < count; i++) {
      float a = d2[i];
      float b = d4[i];
      d2[i] = b - 2f * a;
      d4[i] = b - 0.5f * a;
    }
  }

  /** {@code P (d3 - 2 d1)} and {@code Q (d3 - d1 / 2)}. */
  private static void odds(float[] d1, float[] d3, int count) {
    for (int i = 0; i < count; i++) {
      float a = d1[i];
      float b = d3[i];
      d1[i] = b * P - a * Q;
      d3[i] = b * Q - a * P;
    }
  }

  private static void butterfly(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      float x = a[i];
      float y = b[i];
      a[i] = x + y;
      b[i] = x - y;
    }
  }

  private static void evenRows(float[] m0, float[] s, float[] t, int count) {
    for (int i = 0; i < count; i++) {
      float x = s[i];
      float y = t[i];
      m0[i] = m0[i] + x + y;
      s[i] = 0.5f * x + 2f * y;
    }
  }

  private static void oddRows(float[] m5, float[] s, float[] t, int count) {
    for (int i = 0; i < count; i++) {
      float x = P * s[i];
      float y = Q * t[i];
      m5[i] = m5[i] + 0.5f * x + 2f * y;
      s[i] = x + y;
    }
  }

  private static void sum(float[] a, float[] b, float p, float q, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      y[i] = p * a[i] + q * b[i];
    }
  }

  private static void scale(float[] a, float p, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      y[i] = p * a[i];
    }
  }
}
