package dev.vitrine.weights.image;

import dev.vitrine.weights.array.Npy;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;

/** The arrays and files that make_goldens.py made. */
final class Goldens {
  private Goldens() {}

  static Map<String, Npy> archive(String name) {
    InputStream in = Goldens.class.getResourceAsStream(name);
    return Npy.readArchive(name, in);
  }

  static Picture picture(Npy array) {
    return Picture.ofFloats(array.shape()[0], array.shape()[1], array.floats());
  }

  static Path file(String name) {
    try {
      return Path.of(Goldens.class.getResource("files/" + name).toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The largest difference of any channel, in grey levels. */
  static int distance(Picture one, Picture other) {
    int largest = 0;
    byte[] a = one.bytes();
    byte[] b = other.bytes();
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((a[i] & 0xff) - (b[i] & 0xff)));
    }
    return largest;
  }
}
