package dev.vitrine.kernels.probe;

/**
 * A four-dimensional tensor of values uniform in {@code [-scale, scale)} that are a pure function
 * of seed and position, so that a check needs no second copy and no layout.
 */
record RandomTensor(long seed, int batch, int channels, int height, int width, float scale)
    implements TensorValues {

  static RandomTensor input(ConvolutionShape s, long seed) {
    return new RandomTensor(seed, s.batch(), s.channels(), s.height(), s.width(), 1f);
  }

  /** Weights scaled so that a unit's outputs have about its inputs' size. */
  static RandomTensor weights(ConvolutionShape s, long seed) {
    float scale = (float) Math.sqrt(3.0 / ((double) s.channels() * s.kernel() * s.kernel()));
    return new RandomTensor(seed, s.filters(), s.channels(), s.kernel(), s.kernel(), scale);
  }

  static RandomTensor outputGradient(ConvolutionShape s, long seed) {
    return new RandomTensor(seed, s.batch(), s.filters(), s.outputHeight(), s.outputWidth(), 1f);
  }

  @Override
  public float value(int n, int c, int h, int w) {
    return scale * uniform(seed, (((long) n * channels + c) * height + h) * width + w);
  }

  long size() {
    return (long) batch * channels * height * width;
  }

  /** A value in [-1, 1) with 24 random bits: more than TF32 keeps, all that float32 can hold. */
  static float uniform(long seed, long index) {
    long z = index + seed * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
    z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
    z ^= z >>> 33;
    return (z >> 40) * 0x1p-23f;
  }
}
