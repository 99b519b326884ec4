package dev.vitrine.bench.gpu;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;

/**
 * VGG16 (Simonyan and Zisserman, 2015) up to its logits, with weights out of {@link Mixed}: uniform
 * with He's variance, so that signals neither die nor grow. Its speed does not depend on them.
 *
 * @param size the image's height and width, a multiple of 32
 * @param divisor what every number of channels is divided by: 1 is VGG16
 */
record Vgg16(int size, int divisor) {
  static final Vgg16 FULL = new Vgg16(224, 1);

  /** For trying the benchmark where there is no card. */
  static final Vgg16 TINY = new Vgg16(32, 16);

  private static final int[][] BLOCKS = {
    {64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}
  };

  private static final int[] DENSE = {4096, 4096};
  private static final int CLASSES = 1000;

  Network on(Backend backend) {
    try (NetworkBuilder b = Network.on(backend).input("input", Shape.of(1, size, size, 3))) {
      int channels = 3;
      int array = 1; // 0 is the image
      for (int block = 0; block < BLOCKS.length; block++) {
        for (int i = 0; i < BLOCKS[block].length; i++) {
          String name = "block%d_conv%d".formatted(block + 1, i + 1);
          int filters = BLOCKS[block][i] / divisor;
          Parameter kernel = weight(b, name, array++, Shape.of(3, 3, channels, filters));
          b.layer(
              name + ".pre", new Conv2d(Sliding.same(3, 3, 1, 1)), kernel, bias(b, name, filters));
          b.layer(name, new Relu());
          channels = filters;
        }
        b.layer("block%d_pool".formatted(block + 1), new MaxPool2d(Sliding.valid(2, 2, 2, 2)));
      }
      b.layer("flatten", Reshape.flatten());
      int features = size / 32 * (size / 32) * channels;
      for (int i = 0; i < DENSE.length; i++) {
        String name = "fc" + (i + 1);
        int units = DENSE[i] / divisor;
        Parameter kernel = weight(b, name, array++, Shape.of(features, units));
        b.layer(name + ".pre", new Dense(), kernel, bias(b, name, units));
        b.layer(name, new Relu());
        features = units;
      }
      Parameter kernel = weight(b, "predictions", array, Shape.of(features, CLASSES));
      b.layer("predictions.pre", new Dense(), kernel, bias(b, "predictions", CLASSES));
      return b.build();
    }
  }

  /** He's: variance 2 / inputs, and a uniform number in [-a, a) has variance a*a / 3. */
  private static Parameter weight(NetworkBuilder b, String name, int array, Shape shape) {
    int count = Math.toIntExact(shape.size());
    double inputs = (double) count / shape.dim(shape.rank() - 1);
    float scale = (float) Math.sqrt(6 / inputs);
    return b.parameter(name + "/kernel", shape, Mixed.values(array, count, scale));
  }

  private static Parameter bias(NetworkBuilder b, String name, int count) {
    return b.parameter(name + "/bias", Shape.of(count), new float[count]);
  }

  /** Pixels, as many as a batch has. */
  float[] pixels(int batch) {
    return Mixed.values(0, batch * size * size * 3, 100);
  }
}
