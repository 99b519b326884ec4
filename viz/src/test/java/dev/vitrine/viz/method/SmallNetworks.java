package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;
import java.util.SplittableRandom;

/** Networks whose attributions can be worked out on paper. */
public final class SmallNetworks {
  private SmallNetworks() {}

  /** Numbers in -1..1. */
  public static float[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (2 * random.nextDouble() - 1);
    }
    return values;
  }

  /** {@code scores = W x}, W {@code [h * w * c, classes]} row-major, no bias. */
  public static Network linear(Backend backend, Shape input, int classes, float[] w) {
    int size = Math.toIntExact(input.size());
    try (NetworkBuilder b = Network.on(backend).input("image", input)) {
      return b.layer("flat", Reshape.flatten())
          .layer("scores", new Dense(), b.parameter("w", Shape.of(size, classes), w))
          .build();
    }
  }

  /** The sum of the squares of all inputs, and as a second class twice that. */
  public static Network squares(Backend backend, Shape input) {
    int size = Math.toIntExact(input.size());
    float[] w = new float[2 * size];
    for (int i = 0; i < w.length; i++) {
      w[i] = 1 + i % 2;
    }
    try (NetworkBuilder b = Network.on(backend).input("image", input)) {
      return b.layer("squares", new Elementwise(Unary.SQUARE))
          .layer("flat", Reshape.flatten())
          .layer("scores", new Dense(), b.parameter("w", Shape.of(size, 2), w))
          .build();
    }
  }

  /**
   * A padded 3x3 convolution from 2 to 4 channels, a ReLU called {@code maps}, global average
   * pooling, and a dense layer without bias to 3 classes called {@code scores}.
   *
   * @param dense {@code [4, 3]}
   */
  public static Network pooled(Backend backend, Shape input, float[] dense) {
    try (NetworkBuilder b = Network.on(backend).input("image", input)) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.same(3, 3, 1, 1)),
              b.parameter("kernel", Shape.of(3, 3, input.dim(3), 4), random(36 * input.dim(3), 1)),
              b.parameter("bias", Shape.of(4), random(4, 2)))
          .layer("maps", new Relu())
          .layer("pool", new GlobalPool2d(Reduction.MEAN, false))
          .layer("scores", new Dense(), b.parameter("dense", Shape.of(4, 3), dense))
          .build();
    }
  }
}
