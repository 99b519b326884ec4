package dev.vitrine.viz.render;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Colours for numbers in 0..1, even to the eye: equal steps look equally far apart. */
public enum ColorMap {
  /** Black, purple, orange, pale yellow: what heat maps use. */
  INFERNO,
  /** Purple, green, yellow. */
  VIRIDIS,
  /** Black, purple, pink, white. */
  MAGMA,
  /** Blue, pink, yellow. */
  PLASMA,
  /** Black to white. */
  GREY,
  /** Blue for less than 0.5, neutral grey there, orange for more: for maps that have a sign. */
  DIVERGING;

  private static final int SIZE = 256;

  private final int[] colors;

  ColorMap() {
    colors =
        switch (name()) {
          case "GREY" -> grey();
          case "DIVERGING" -> diverging();
          default -> read(toString());
        };
  }

  /** The colour 0xrrggbb of a number in 0..1; beyond it the nearest end, NaN as 0. */
  public int rgb(float value) {
    return colors[Math.max(0, Math.min(SIZE - 1, (int) (value * SIZE)))];
  }

  /**
   * The map of this name, as the command line writes it.
   *
   * @throws BadInputException if there is none; the message lists what there is
   */
  public static ColorMap parse(String name) {
    for (ColorMap map : values()) {
      if (map.toString().equals(name.strip().toLowerCase(Locale.ROOT))) {
        return map;
      }
    }
    throw new BadInputException(
        "colour map '"
            + name
            + "': unknown, expected one of "
            + Arrays.stream(values()).map(ColorMap::toString).collect(Collectors.joining(", ")));
  }

  /** The name as the command line writes it, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static int[] grey() {
    int[] colors = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      colors[i] = i * 0x010101;
    }
    return colors;
  }

  /**
   * Straight lines in Oklab (Ottosson 2020) from blue and from orange to the grey 128; both ends
   * are equally far from it in lightness and in chroma.
   */
  private static int[] diverging() {
    double grey = 0.6; // Oklab's lightness of the sRGB grey 128
    int[] colors = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      double t = (i - SIZE / 2) / (SIZE / 2.0);
      double strength = Math.abs(t);
      double hue = Math.toRadians(t < 0 ? 250 : 60);
      double chroma = 0.17 * strength;
      colors[i] = oklab(grey + 0.28 * t, chroma * Math.cos(hue), chroma * Math.sin(hue));
    }
    return colors;
  }

  private static int oklab(double lightness, double a, double b) {
    double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    return gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s) << 16
        | gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s) << 8
        | gamma(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
  }

  private static double cube(double value) {
    return value * value * value;
  }

  /** Linear light in 0..1 as an sRGB byte. */
  private static int gamma(double light) {
    double clipped = Math.max(0, Math.min(1, light));
    double coded =
        clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * Math.pow(clipped, 1 / 2.4) - 0.055;
    return (int) Math.round(255 * coded);
  }

  private static int[] read(String name) {
    try (InputStream in = ColorMap.class.getResourceAsStream("colormaps/" + name + ".txt")) {
      if (in == null) {
        throw new IllegalStateException("the colours of " + name + " are not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .mapToInt(line -> Integer.parseInt(line, 16))
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
