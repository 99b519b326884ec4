package dev.vitrine.engine.backend;

/**
 * Ways to resample rows and columns of an image. Pixel centres lie at half-integers: output pixel
 * {@code i} looks at {@code (i + 0.5) * in / out - 0.5} of the input.
 */
public enum Interpolation {
  /** {@code x[floor((i + 0.5) * in / out)]}. */
  NEAREST,
  /** Triangle filter of radius 1, edges repeated; no antialiasing (OpenCV's, PyTorch's). */
  BILINEAR,
  /** Cubic convolution with a = -0.75, edges repeated; no antialiasing (OpenCV's, PyTorch's). */
  BICUBIC,
  /** Triangle filter that widens when shrinking, cut at the edges and renormalized (Pillow's). */
  BILINEAR_ANTIALIASED,
  /** Cubic convolution with a = -0.5 that widens when shrinking, cut at the edges (Pillow's). */
  BICUBIC_ANTIALIASED
}
