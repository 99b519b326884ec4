package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import java.util.Arrays;

/** An array {@code [n, h, w, c]} as kernels see it, plain or with channels first. */
record Image(Shape shape, boolean channelsFirst) {

  static Image of(CudaBuffer buffer) {
    return switch (buffer.order()) {
      case PLAIN -> new Image(buffer.shape(), false);
      case CHANNELS_FIRST -> new Image(buffer.shape(), true);
      default ->
          throw new IllegalArgumentException(
              "image " + buffer.shape() + " lies in " + buffer.order() + ", a kernel's order");
    };
  }

  /**
   * How many channels a thread may work on: 4 where all images have their channels side by side.
   *
   * @param addresses where all arrays begin
   */
  static int lanes(long[] addresses, Image... images) {
    boolean plain = Arrays.stream(images).noneMatch(Image::channelsFirst);
    return plain ? Fours.lanes(images[0].shape.dim(3), addresses) : 1;
  }

  /** {@code struct Image} of {@code index.cuh}, its channels counted in lanes. */
  byte[] struct(int lanes) {
    return new Struct()
        .int32(shape.dim(0))
        .divisor(shape.dim(1))
        .divisor(shape.dim(2))
        .divisor(shape.dim(3) / lanes)
        .int32(channelsFirst ? 1 : 0)
        .bytes();
  }

  /** The number of elements, counted in lanes. */
  long size(int lanes) {
    return shape.size() / lanes;
  }
}
