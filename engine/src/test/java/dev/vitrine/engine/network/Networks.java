package dev.vitrine.engine.network;

import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Reduce;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Softmax;
import java.util.Arrays;
import java.util.List;

/** Small networks that the tests share. */
final class Networks {
  private Networks() {}

  static final Shape GOLDEN_INPUT = Shape.of(1, 4, 4, 1);
  static final Shape ROOMS_INPUT = Shape.of(2, 6, 5, 2);

  /**
   * Small enough for a pencil: a 3x3 convolution with two filters of ones and biases -50 and -75, a
   * ReLU, a dense layer whose rows are 1 for the first five and -1 for the last three, a ReLU. The
   * dense layer's rows are counted filter after filter, so they are reordered here, where the
   * channel is the innermost axis.
   */
  static Network golden(Backend backend) {
    float[] ones = new float[18];
    Arrays.fill(ones, 1);
    float[] rows = new float[8 * 4];
    for (int filter = 0; filter < 2; filter++) {
      for (int pixel = 0; pixel < 4; pixel++) {
        float weight = filter * 4 + pixel < 5 ? 1 : -1;
        int row = pixel * 2 + filter;
        Arrays.fill(rows, row * 4, row * 4 + 4, weight);
      }
    }
    try (NetworkBuilder b = Network.on(backend).input("image", GOLDEN_INPUT)) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.valid(3, 3, 1, 1)),
              b.parameter("conv/kernel", Shape.of(3, 3, 1, 2), ones),
              b.parameter("conv/bias", Shape.of(2), new float[] {-50, -75}))
          .layer("relu1", new Relu())
          .layer("flatten", Reshape.flatten())
          .layer(
              "dense",
              new Dense(),
              b.parameter("dense/weights", Shape.of(8, 4), rows),
              b.parameter("dense/bias", Shape.of(4), new float[4]))
          .layer("relu2", new Relu())
          .build();
    }
  }

  /** The numbers 0 to 15 in reading order. */
  static float[] goldenImage() {
    float[] image = new float[16];
    for (int i = 0; i < 16; i++) {
      image[i] = i;
    }
    return image;
  }

  /**
   * One of everything: a residual block with normalizations, a max pooling, two branches side by
   * side, a global average and two dense layers, on images {@code [n, 6, 5, 2]}.
   */
  static Network rooms(Backend backend, long seed) {
    Seeded r = new Seeded(seed);
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 6, 5, 2))) {
      convolution(b, r, "conv1", 3, 2, 3, true);
      normalization(b, r, "bn1", 3);
      b.layer("relu1", new Relu());
      convolution(b, r, "conv2", 3, 3, 3, false);
      normalization(b, r, "bn2", 3);
      b.layer("sum", new Arithmetic(Binary.ADD), List.of("relu1", "bn2"), List.of());
      b.layer("relu2", new Relu());
      b.layer("pool", new MaxPool2d(Sliding.same(2, 2, 2, 2)));
      convolution(b, r, "left", 1, 3, 2, true);
      b.layer("left_relu", new Relu());
      b.layer(
          "right",
          new Conv2d(Sliding.same(3, 3, 1, 1)),
          List.of("pool"),
          List.of(weight(b, r, "right/kernel", Shape.of(3, 3, 3, 3))));
      b.layer("right_silu", new Elementwise(Unary.SILU));
      b.layer("concat", new Concat(-1), List.of("left_relu", "right_silu"), List.of());
      b.layer("mean", new Reduce(Reduction.MEAN, 1, 2));
      b.layer("flatten", Reshape.flatten());
      dense(b, r, "dense", 5, 6);
      b.layer("dense_relu", new Relu());
      dense(b, r, "logits", 6, 4);
      b.layer("softmax", new Softmax());
      return b.build();
    }
  }

  private static void convolution(
      NetworkBuilder b, Seeded r, String name, int kernel, int in, int out, boolean bias) {
    Parameter weights = weight(b, r, name + "/kernel", Shape.of(kernel, kernel, in, out));
    Conv2d op = new Conv2d(Sliding.same(kernel, kernel, 1, 1));
    if (bias) {
      b.layer(name, op, weights, weight(b, r, name + "/bias", Shape.of(out)));
    } else {
      b.layer(name, op, weights);
    }
  }

  private static void normalization(NetworkBuilder b, Seeded r, String name, int channels) {
    Shape c = Shape.of(channels);
    b.layer(
        name,
        new BatchNorm(1e-3),
        weight(b, r, name + "/gamma", c),
        weight(b, r, name + "/beta", c),
        weight(b, r, name + "/mean", c),
        b.parameter(name + "/variance", c, floats(r.uniform(c, 0.5, 2))));
  }

  private static void dense(NetworkBuilder b, Seeded r, String name, int in, int out) {
    b.layer(
        name,
        new Dense(),
        weight(b, r, name + "/weights", Shape.of(in, out)),
        weight(b, r, name + "/bias", Shape.of(out)));
  }

  static Parameter weight(NetworkBuilder b, Seeded r, String name, Shape shape) {
    return b.parameter(name, shape, floats(r.uniform(shape, -1, 1)));
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }
}
