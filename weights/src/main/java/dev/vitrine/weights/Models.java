package dev.vitrine.weights;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.keras.KerasImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds models by name or file and opens them. */
public final class Models {
  private static final List<BuiltIn> BUILT_IN =
      List.of(
          new BuiltIn(
              "squeezenet",
              "SqueezeNet v1.0, 1000 classes of ImageNet, 227x227, Deep Compression weights",
              "BSD 2-Clause, songhan/SqueezeNet-Deep-Compression",
              "mean=123,117,104;order=bgr",
              Labels::imagenet),
          new BuiltIn(
              "tiny_vgg",
              "CNN Explainer's Tiny VGG, 10 classes, 64x64",
              "MIT, poloclub/cnn-explainer",
              "unit",
              Labels::tinyVgg));

  private Models() {}

  /** The models that come with the program; the first is the default. */
  public static List<BuiltIn> builtIn() {
    return BUILT_IN;
  }

  /**
   * Opens a model on a backend.
   *
   * @param nameOrFile a built-in model's name, or a Keras HDF5 file; a file of such a name is
   *     reached as {@code ./squeezenet}
   * @param overrides what the user says about preprocessing and labels
   * @throws BadInputException if there is no such model, its file can't be read, or the labels are
   *     not as many as its classes
   */
  public static Model open(String nameOrFile, Backend backend, Overrides overrides) {
    Optional<BuiltIn> builtIn =
        BUILT_IN.stream().filter(b -> b.name().equals(nameOrFile)).findFirst();
    return builtIn.isPresent()
        ? openBuiltIn(builtIn.get(), backend, overrides)
        : openFile(file(nameOrFile), backend, overrides);
  }

  private static Model openBuiltIn(BuiltIn model, Backend backend, Overrides overrides) {
    byte[] bytes;
    try (InputStream in = model.open()) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return owning(
        KerasImporter.read(model.name(), bytes, backend),
        network ->
            new Model(
                model.name(),
                network,
                model::open,
                overrides.preprocessing().orElseGet(model::preprocessing),
                overrides.labels().orElseGet(model::labels)));
  }

  private static Model openFile(Path file, Backend backend, Overrides overrides) {
    String fileName = file.getFileName().toString();
    FileTime written = written(file);
    return owning(
        KerasImporter.read(file, backend),
        network ->
            new Model(
                fileName.replaceFirst("\\.(h5|hdf5|keras)$", ""),
                network,
                () -> {
                  if (!written(file).equals(written)) {
                    throw new BadInputException(
                        file + ": has changed since the model was loaded; start again");
                  }
                  return Files.newInputStream(file);
                },
                overrides.preprocessing().orElse(null),
                overrides.labels().orElse(null)));
  }

  private static Model owning(Network network, Function<Network, Model> make) {
    try {
      return make.apply(network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Path file(String name) {
    try {
      Path file = Path.of(name);
      if (file.getFileName() != null && Files.exists(file)) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw unknown(name, e);
    }
    throw unknown(name, null);
  }

  private static BadInputException unknown(String name, Throwable cause) {
    return new BadInputException(
        "model '"
            + name
            + "': there is no such file and no such built-in model; built in are "
            + BUILT_IN.stream().map(BuiltIn::name).collect(Collectors.joining(", ")),
        cause);
  }
}
