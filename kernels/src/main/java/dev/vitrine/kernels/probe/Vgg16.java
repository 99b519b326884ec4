package dev.vitrine.kernels.probe;

import java.util.List;

/** VGG16's thirteen convolutions at 224x224 (Simonyan and Zisserman 2014, configuration D). */
final class Vgg16 {
  /** One convolution by Keras' name, and whether a 2x2 maximum pooling follows it. */
  record Layer(String name, ConvolutionShape shape, boolean pooled) {}

  static final List<Layer> LAYERS =
      List.of(
          layer("block1_conv1", 3, 224, 64, false),
          layer("block1_conv2", 64, 224, 64, true),
          layer("block2_conv1", 64, 112, 128, false),
          layer("block2_conv2", 128, 112, 128, true),
          layer("block3_conv1", 128, 56, 256, false),
          layer("block3_conv2", 256, 56, 256, false),
          layer("block3_conv3", 256, 56, 256, true),
          layer("block4_conv1", 256, 28, 512, false),
          layer("block4_conv2", 512, 28, 512, false),
          layer("block4_conv3", 512, 28, 512, true),
          layer("block5_conv1", 512, 14, 512, false),
          layer("block5_conv2", 512, 14, 512, false),
          layer("block5_conv3", 512, 14, 512, true));

  private Vgg16() {}

  private static Layer layer(String name, int channels, int size, int filters, boolean pooled) {
    return new Layer(name, new ConvolutionShape(1, channels, size, size, filters, 3, 1), pooled);
  }

  static Layer named(String name) {
    return LAYERS.stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "VGG16 has no convolution %s: use block1_conv1 to block5_conv3"
                        .formatted(name)));
  }
}
