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
              OXFORD));

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
