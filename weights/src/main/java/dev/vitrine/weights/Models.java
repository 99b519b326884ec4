package dev.vitrine.weights;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.fetch.Catalog;
import dev.vitrine.weights.fetch.RemoteFile;
import dev.vitrine.weights.keras.Architecture;
import dev.vitrine.weights.keras.KerasImporter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Finds models by name or file and opens them. */
public final class Models {
  private Models() {}

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
    Optional<KnownModel> known = Zoo.find(nameOrFile);
    if (known.isPresent()) {
      return known.get().isBuiltIn()
          ? openBuiltIn(known.get(), backend, overrides)
          : openFile(nameOrFile, fetched(known.get()), known, backend, overrides);
    }
    Path file = file(nameOrFile);
    String name =
        file.getFileName()
            .toString()
            .replaceFirst("\\.(weights\\.h5|h5|hdf5|keras|safetensors)$", "");
    return openFile(name, file, recognize(file), backend, overrides);
  }

  /**
   * A model's file in the user's cache folder.
   *
   * @throws BadInputException if it is not there; the message says how to get it
   */
  private static Path fetched(KnownModel model) {
    published(model.name());
    return Catalog.require(model.name());
  }

  /**
   * What fetch brings.
   *
   * @throws BadInputException if there is no such model, or none that was published with a hash
   */
  public static RemoteFile published(String name) {
    if (Zoo.find(name).filter(m -> m.place() instanceof KnownModel.Brought).isPresent()) {
      throw new BadInputException(
          name
              + ": no hash of its weights is published, so it is not fetched; bring the file and"
              + " name it, --model FILE: it is known by its layers");
    }
    return Catalog.get(name);
  }

  /** The model of the zoo whose weights a file holds, if it holds only weights. */
  public static Optional<KnownModel> recognize(Path file) {
    return Architecture.recognize(file).flatMap(Zoo::of);
  }

  private static Model openBuiltIn(KnownModel model, Backend backend, Overrides overrides) {
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
                overrides.labels().or(model::labels).orElse(null)));
  }

  private static Model openFile(
      String name, Path file, Optional<KnownModel> known, Backend backend, Overrides overrides) {
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
            .flatMap(KnownModel::architecture)
            .map(k -> KerasImporter.read(file, k, backend))
            .orElseGet(() -> KerasImporter.read(file, backend)),
        network ->
            new Model(
                name,
                network,
                source,
                overrides
                    .preprocessing()
                    .or(() -> known.map(KnownModel::preprocessing))
                    .orElse(null),
                overrides.labels().or(() -> known.flatMap(KnownModel::labels)).orElse(null)));
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
            + "': there is no such file and no such model; built in are "
            + names(KnownModel.BuiltIn.class)
            + ", and fetch brings "
            + names(KnownModel.Published.class),
        cause);
  }

  private static String names(Class<? extends KnownModel.Place> place) {
    return Zoo.all().stream()
        .filter(model -> place.isInstance(model.place()))
        .map(KnownModel::name)
        .collect(Collectors.joining(", "));
  }
}
