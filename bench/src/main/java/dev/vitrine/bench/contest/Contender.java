package dev.vitrine.bench.contest;

/** A competitor with a network loaded and its images in place. */
public interface Contender extends AutoCloseable {

  /** Runs the network and waits for its output. */
  void forward();

  /** Runs the network and takes the gradient at the images. */
  void gradient();

  /** The output of a forward run like {@link #forward}'s, channels last. */
  float[] output();

  /** The gradient of a run like {@link #gradient}'s, {@code [n, h, w, c]}. */
  float[] inputGradient();

  /** Bytes of native memory held, with what is pooled; -1 if it can't be told. */
  default long nativeBytes() {
    return -1;
  }

  @Override
  void close();
}
