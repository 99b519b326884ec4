package dev.vitrine.weights;

import dev.vitrine.weights.fetch.RemoteFile;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.keras.Architecture;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A model of the zoo: what is known of it, whether its file is here or not.
 *
 * @param name what a user calls it
 * @param description one line for people
 * @param licence the weights' licence and whose they are, in one line
 * @param input height and width of its pictures; 0 where any size will do
 * @param parameters how many numbers its layers have, counted as Keras counts them
 * @param preprocessing how its pictures are prepared
 * @param names what its classes are called; empty for a model without classes
 * @param place where its file comes from
 */
public record KnownModel(
    String name,
    String description,
    String licence,
    Size input,
    long parameters,
    Preprocessing preprocessing,
    Optional<Supplier<Labels>> names,
    Place place) {

  /** The extent of a model's pictures; 0 for any. */
  public record Size(int height, int width) {
    static final Size ANY = new Size(0, 0);

    static Size square(int side) {
      return new Size(side, side);
    }
  }

  /** Where a model's file comes from. */
  public sealed interface Place {}

  /**
   * It comes with the program, structure and weights.
   *
   * @param bytes its size
   * @param sha256 64 hexadecimal digits
   */
  public record BuiltIn(long bytes, String sha256) implements Place {}

  /**
   * Its weights are fetched from where they were published.
   *
   * @param architecture whose weights they are
   */
  public record Published(RemoteFile file, Architecture architecture) implements Place {}

  /** Its makers published no hash: the user brings the file, and it is known by its layers. */
  public record Brought(Architecture architecture) implements Place {}

  /** True if it comes with the program. */
  public boolean isBuiltIn() {
    return place instanceof BuiltIn;
  }

  /** What its classes are called, if it has classes. */
  public Optional<Labels> labels() {
    return names.map(Supplier::get);
  }

  /** The structure that its file of weights is for; empty for a file that tells it itself. */
  Optional<Architecture> architecture() {
    return place instanceof Published published
        ? Optional.of(published.architecture())
        : place instanceof Brought brought ? Optional.of(brought.architecture()) : Optional.empty();
  }

  /** A built-in model's HDF5 file. */
  InputStream open() throws IOException {
    InputStream in = KnownModel.class.getResourceAsStream("models/" + name + ".h5");
    if (in == null) {
      throw new IOException("the built-in model " + name + " is not on the class path");
    }
    return in;
  }
}
