package dev.vitrine.weights;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.fetch.Catalog;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.keras.Architecture;
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
import java.util.function.Supplier;
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

  private static final List<Fetched> FETCHED =
      List.of(
          new Fetched("vgg16", Architecture.VGG16, Preprocessing.CAFFE, Labels::imagenet),
          new Fetched("vgg16-notop", Architecture.VGG16_NO_TOP, Preprocessing.CAFFE, null));

  private Models() {}

  /** The models that come with the program; the first is the default. */
  public static List<BuiltIn> builtIn() {
    return BUILT_IN;
  }

  /**
   * Opens a model on a backend. A file that holds only weights is read too if its layers are those
   * of a model of the {@link Catalog}, whose preprocessing and labels it then has.
   *
   * @param nameOrFile a built-in model's name, one of the {@link Catalog}'s, or a Keras HDF5 file;
   *     a file of such a name is reached as {@code ./squeezenet}
   * @param overrides what the user says about preprocessing and labels
   * @throws BadInputException if there is no such model, it is not fetched yet, its file can't be
   *     read, or the labels are not as many as its classes
   */
  public static Model open(String nameOrFile, Backend backend, Overrides overrides) {
    for (BuiltIn builtIn : BUILT_IN) {
      if (builtIn.name().equals(nameOrFile)) {
        return openBuiltIn(builtIn, backend, overrides);
      }
    }
    for (Fetched fetched : FETCHED) {
      if (fetched.name().equals(nameOrFile)) {
        Path file = Catalog.require(fetched.name());
        return openFile(fetched.name(), file, Optional.of(fetched), backend, overrides);
      }
    }
    Path file = file(nameOrFile);
    String name = file.getFileName().toString().replaceFirst("\\.(h5|hdf5|keras)$", "");
    return openFile(name, file, recognize(file), backend, overrides);
  }

  private static Optional<Fetched> recognize(Path file) {
    return Architecture.recognize(file)
        .flatMap(found -> FETCHED.stream().filter(f -> f.architecture() == found).findFirst());
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

  private static Model openFile(
      String name, Path file, Optional<Fetched> known, Backend backend, Overrides overrides) {
    FileTime written = written(file);
    ModelSource source =
        () -> {
          if (!written(file).equals(written)) {
            throw new BadInputException(
                file + ": has changed since the model was loaded; start again");
          }
          return Files.newInputStream(file);
        };
    return owning(
        known
            .map(k -> KerasImporter.read(file, k.architecture(), backend))
            .orElseGet(() -> KerasImporter.read(file, backend)),
        network ->
            new Model(
                name,
                network,
                source,
                overrides.preprocessing().or(() -> known.map(Fetched::preprocessing)).orElse(null),
                overrides
                    .labels()
                    .or(() -> known.map(Fetched::labels).map(Supplier::get))
                    .orElse(null)));
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
            + BUILT_IN.stream().map(BuiltIn::name).collect(Collectors.joining(", "))
            + ", and fetch brings "
            + FETCHED.stream().map(Fetched::name).collect(Collectors.joining(", ")),
        cause);
  }
}
