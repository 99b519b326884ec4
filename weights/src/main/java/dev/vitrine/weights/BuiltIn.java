package dev.vitrine.weights;

import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** A model that comes with the program. */
public final class BuiltIn {
  private final String name;
  private final String description;
  private final String licence;
  private final String preprocessing;
  private final Supplier<Labels> labels;

  BuiltIn(
      String name,
      String description,
      String licence,
      String preprocessing,
      Supplier<Labels> labels) {
    this.name = name;
    this.description = description;
    this.licence = licence;
    this.preprocessing = preprocessing;
    this.labels = labels;
  }

  /** What a user calls it. */
  public String name() {
    return name;
  }

  /** One line for people. */
  public String description() {
    return description;
  }

  /** Its licence and whose it is, in one line. */
  public String licence() {
    return licence;
  }

  /** How its pictures are prepared. */
  public Preprocessing preprocessing() {
    return Preprocessing.parse(preprocessing);
  }

  /** What its classes are called. */
  public Labels labels() {
    return labels.get();
  }

  /** The HDF5 file. */
  InputStream open() throws IOException {
    InputStream in = BuiltIn.class.getResourceAsStream("models/" + name + ".h5");
    if (in == null) {
      throw new IOException("the built-in model " + name + " is not on the class path");
    }
    return in;
  }
}
