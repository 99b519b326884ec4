package dev.vitrine.bench;

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
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * VGG16 (Simonyan and Zisserman, 2015) up to its logits, with weights out of {@link Mixed}: uniform
 * with He's variance, so that signals neither die nor grow. Its speed does not depend on them.
 *
 * @param size the image's height and width, a multiple of 32
 * @param divisor what every number of channels is divided by: 1 is VGG16
 * @param top false leaves the dense layers out, so that any size is taken
 */
public record Vgg16(int size, int divisor, boolean top) {
  /** As it was published. */
  public static final Vgg16 FULL = new Vgg16(224, 1, true);

  /** For trying a benchmark: it takes no time. */
  public static final Vgg16 TINY = new Vgg16(32, 16, true);

  private static final int[][] BLOCKS = {
    {64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}
  };

  private static final int[] DENSE = {4096, 4096};
  private static final int CLASSES = 1000;

  /** The network on a backend. */
  public Network on(Backend backend) {
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
      if (!top) {
        return b.build();
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

  /** The convolutions that differ, in order: {@code block3_conv3} is {@code block3_conv2} again. */
  public static List<String> distinctConvolutions() {
    return IntStream.rangeClosed(1, BLOCKS.length)
        .boxed()
        .flatMap(b -> Stream.of("block" + b + "_conv1", "block" + b + "_conv2"))
        .filter(name -> !name.equals("block5_conv2"))
        .toList();
  }

  /** How often a convolution of {@link #distinctConvolutions} stands in the network. */
  public static int times(String convolution) {
    int block = block(convolution);
    int more = BLOCKS[block].length - 1;
    return block == BLOCKS.length - 1 ? more + 1 : first(convolution) ? 1 : more;
  }

  /** {@code [1, h, w, in]} of one of the convolutions by itself. */
  public Shape inputOf(String convolution) {
    int block = block(convolution);
    int side = size >> block;
    int[] before = first(convolution) && block > 0 ? BLOCKS[block - 1] : BLOCKS[block];
    int channels = first(convolution) && block == 0 ? 3 : before[before.length - 1] / divisor;
    return Shape.of(1, side, side, channels);
  }

  /** One of the convolutions as a network of its own, without its ReLU. */
  public Network convolution(String name, Backend backend) {
    Shape x = inputOf(name);
    int filters = BLOCKS[block(name)][0] / divisor;
    try (NetworkBuilder b = Network.on(backend).input("input", x)) {
      Parameter kernel = weight(b, name, 1, Shape.of(3, 3, x.dim(3), filters));
      b.layer(name, new Conv2d(Sliding.same(3, 3, 1, 1)), kernel, bias(b, name, filters));
      return b.build();
    }
  }

  private static int block(String convolution) {
    if (!convolution.matches("block[1-5]_conv[1-3]")) {
      throw new IllegalArgumentException(
          "'" + convolution + "' is none of VGG16's convolutions, block1_conv1 to block5_conv3");
    }
    return convolution.charAt(5) - '1';
  }

  private static boolean first(String convolution) {
    return convolution.endsWith("1");
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
  public float[] pixels(int batch) {
    return Mixed.values(0, batch * size * size * 3, 100);
  }
}
