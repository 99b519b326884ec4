package dev.vitrine.viz.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The arrays that PyTorch, Keras and Pillow computed, and how ours are held to them. */
final class Goldens {
  /** On which device they are held: the CPU, or what the property says, a card say. */
  static final String DEVICE = System.getProperty("vitrine.test.device", "cpu");

  private final Map<String, Map<String, Npy>> archives = new HashMap<>();

  JsonNode json(String file) throws IOException {
    try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + file)) {
      return new ObjectMapper().readTree(in);
    }
  }

  /** An array of an archive, {@code squeezenet-cat.npz} say. */
  Npy array(String file, String name) {
    Npy array = archives.computeIfAbsent(file, Goldens::read).get(name);
    assertThat(array).as("%s in %s", name, file).isNotNull();
    return array;
  }

  private static Map<String, Npy> read(String file) {
    try (InputStream in = Goldens.class.getResourceAsStream("/goldens/" + file)) {
      return Npy.readArchive(file, in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Fails with the largest difference and the first five pairs unless every element is as expected.
   *
   * @param tolerance relative to the largest expected magnitude
   */
  static void assertClose(String what, double[] found, double[] expected, double tolerance) {
    assertThat(found).as("%s: elements", what).hasSameSizeAs(expected);
    double largest = 0;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    double bound = tolerance * Math.max(largest, Float.MIN_NORMAL);
    double worst = 0;
    int wrong = 0;
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < found.length; i++) {
      double d = Math.abs(found[i] - expected[i]);
      worst = d > worst || Double.isNaN(d) ? d : worst;
      if (!(d <= bound)) {
        if (wrong++ < 5) {
          pairs.append(
              String.format(
                  Locale.ROOT, "%n  at %d: expected %g, found %g", i, expected[i], found[i]));
        }
      }
    }
    assertThat(wrong)
        .as(
            "%s: %d of %d differ, the largest by %.3g of the largest magnitude %.4g, allowed %.3g%s",
            what, wrong, found.length, worst / largest, largest, tolerance, pairs)
        .isZero();
  }

  static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = values[i];
    }
    return out;
  }

  /** The goldens' pixels are no whole numbers, so a picture does not hold them. */
  static float[] preprocessed(Model model, float[] rgb) {
    var p = model.preprocessing();
    double[] mean = {p.mean().red(), p.mean().green(), p.mean().blue()};
    double[] std = {p.std().red(), p.std().green(), p.std().blue()};
    float[] out = new float[rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      int c = i % 3;
      out[i - c + (p.bgr() ? 2 - c : c)] = (float) ((rgb[i] - mean[c]) * p.scale() / std[c]);
    }
    return out;
  }
}
