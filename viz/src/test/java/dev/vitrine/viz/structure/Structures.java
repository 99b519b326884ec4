package dev.vitrine.viz.structure;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Softmax;
import java.util.List;

/** Small networks of every shape that a picture can have. */
final class Structures {
  private Structures() {}

  /** A head over a nested model with another nested in it, and a skip around that. */
  static Network nested(Backend backend) {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 32, 32, 3))) {
      b.layer("rescale", conv(1, 1), weights(b, "rescale", 1, 3, 3));
      b.layer("base/conv1", conv(3, 2), weights(b, "base/conv1", 3, 3, 8));
      b.layer("base/bn1", new BatchNorm(1e-3), statistics(b, "base/bn1", 8));
      b.layer("base/relu1", new Relu(ReluRule.GRADIENT));
      b.layer("base/block/left", conv(1, 1), weights(b, "base/block/left", 1, 8, 8));
      layer(b, "base/block/right", conv(3, 1), List.of("base/relu1"), 3, 8, 8);
      b.layer(
          "base/block/both",
          new Concat(3),
          List.of("base/block/left", "base/block/right"),
          List.of());
      layer(b, "base/skip", conv(1, 1), List.of("base/relu1"), 1, 8, 16);
      b.layer(
          "base/sum",
          new Arithmetic(Binary.ADD),
          List.of("base/block/both", "base/skip"),
          List.of());
      b.layer("base/pool", new MaxPool2d(Sliding.valid(2, 2, 2, 2)));
      b.layer("average", new GlobalPool2d(Reduction.MEAN, false));
      b.layer(
          "scores",
          new Dense(),
          b.parameter("scores/kernel", Shape.of(16, 4), values(64)),
          b.parameter("scores/bias", Shape.of(4), new float[4]));
      b.layer("classes", new Softmax());
      return b.build();
    }
  }

  static Op conv(int kernel, int stride) {
    return new Conv2d(Sliding.same(kernel, kernel, stride, stride));
  }

  private static void layer(
      NetworkBuilder b, String name, Op op, List<String> from, int kernel, int in, int out) {
    b.layer(name, op, from, List.of(weights(b, name, kernel, in, out)));
  }

  static Parameter[] weights(NetworkBuilder b, String layer, int kernel, int in, int out) {
    return new Parameter[] {
      b.parameter(
          layer + "/kernel", Shape.of(kernel, kernel, in, out), values(kernel * kernel * in * out))
    };
  }

  private static Parameter[] statistics(NetworkBuilder b, String layer, int channels) {
    return new Parameter[] {
      b.parameter(layer + "/gamma", Shape.of(channels), values(channels)),
      b.parameter(layer + "/beta", Shape.of(channels), values(channels)),
      b.parameter(layer + "/moving_mean", Shape.of(channels), values(channels)),
      b.parameter(layer + "/moving_variance", Shape.of(channels), values(channels))
    };
  }

  /** 0, 1, ... 9, and again. */
  static float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 10;
    }
    return values;
  }
}
