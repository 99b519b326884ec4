package dev.vitrine.weights.fetch;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The models that can be fetched, and those of them that are here. */
public final class Catalog {
  private static final String KERAS =
      "https://storage.googleapis.com/tensorflow/keras-applications/";
  private static final String OXFORD =
      "CC BY 4.0, Visual Geometry Group, University of Oxford; converted by Keras";

  private static final List<RemoteFile> ALL =
      List.of(
          new RemoteFile(
              "vgg16",
              URI.create(KERAS + "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5"),
              553_467_096,
              "64373286793e3c8b2b4e3219cbf3544b",
              "VGG16, 1000 classes of ImageNet, 224x224",
              OXFORD),
          new RemoteFile(
              "vgg16-notop",
              URI.create(KERAS + "vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"),
              58_889_256,
              "6d6bbae143d832006294945121d1f1fc",
              "VGG16 without its dense layers: convolutions only, pictures of any size",
              OXFORD),
          new RemoteFile(
              "vgg19",
              URI.create(KERAS + "vgg19/vgg19_weights_tf_dim_ordering_tf_kernels.h5"),
              574_710_816,
              "cbe5617147190e668d6c5d5026f83318",
              "VGG19, 1000 classes of ImageNet, 224x224",
              OXFORD),
          new RemoteFile(
              "inception_v3",
              URI.create(KERAS + "inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels.h5"),
              96_112_376,
              "9a0d58056eeedaa3f26cb7ebd46da564",
              "InceptionV3, 1000 classes of ImageNet, 299x299",
              "MIT, trained by Keras' makers"),
          new RemoteFile(
              "resnet50",
              URI.create(KERAS + "resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5"),
              102_967_424,
              "2cb95161c43110f7111970584f804107",
              "ResNet50, 1000 classes of ImageNet, 224x224",
              "MIT, Kaiming He et al.; converted by Keras"),
          new RemoteFile(
              "xception",
              URI.create(KERAS + "xception/xception_weights_tf_dim_ordering_tf_kernels.h5"),
              91_884_032,
              "0a58e3b7378bc2990ea3b43d5981f1f6",
              "Xception, 1000 classes of ImageNet, 299x299",
              "MIT, trained by Keras' makers"));

  private Catalog() {}

  /** Every model that can be fetched. */
  public static List<RemoteFile> all() {
    return ALL;
  }

  /** The model of that name, if there is one. */
  public static Optional<RemoteFile> find(String name) {
    return ALL.stream().filter(file -> file.name().equals(name)).findFirst();
  }

  /**
   * The model of that name.
   *
   * @throws BadInputException if there is none; the message lists those that there are
   */
  public static RemoteFile get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new BadInputException(
                    "'"
                        + name
                        + "' is no model that can be fetched; there are "
                        + ALL.stream().map(RemoteFile::name).collect(Collectors.joining(", "))));
  }

  /** A fetched model's file in the user's cache folder; empty if it is not there whole. */
  public static Optional<Path> file(String name) {
    return find(name).flatMap(file -> present(file, CacheFolder.ofUser()));
  }

  /**
   * A fetched model's file in the user's cache folder.
   *
   * @throws BadInputException if there is no such model, or it is not here; the message says how to
   *     fetch it
   */
  public static Path require(String name) {
    return require(get(name), CacheFolder.ofUser());
  }

  static Path require(RemoteFile file, CacheFolder folder) {
    return present(file, folder)
        .orElseThrow(
            () ->
                new BadInputException(
                    file.name()
                        + " is not here yet: ./vitrine fetch "
                        + file.name()
                        + " downloads it ("
                        + file.size()
                        + ")"));
  }

  /** The hash was held when the file got its name; the size tells a file that was cut since. */
  static Optional<Path> present(RemoteFile file, CacheFolder folder) {
    Path path = folder.file(file);
    try {
      return Files.isRegularFile(path) && Files.size(path) == file.bytes()
          ? Optional.of(path)
          : Optional.empty();
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
