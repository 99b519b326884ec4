package dev.vitrine.weights.image;

import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is done to a picture's pixels before a network sees them. For each RGB channel
 *
 * <pre>value = (pixel - mean) * scale / std</pre>
 *
 * with pixel in 0..255; then the channels are put in the network's order. Written as {@code caffe},
 * {@code tf}, {@code torch}, {@code unit}, {@code none}, or as parts joined by semicolons, each of
 * which may be left out: {@code mean=R,G,B} (0,0,0), {@code scale=S} (1; also a fraction such as
 * {@code 1/255}), {@code std=R,G,B} (1,1,1), {@code order=rgb|bgr} (rgb). One number for mean or
 * std counts for all three channels. Mean and std stand in RGB order whatever the network's order
 * is.
 *
 * @param mean subtracted, in units of the pixels (0..255)
 * @param scale multiplied, greater than zero
 * @param std divided by after the scale, greater than zero
 * @param bgr whether the network takes blue first
 */
public record Preprocessing(Rgb mean, double scale, Rgb std, boolean bgr) {
  /** One number per channel of a picture. */
  public record Rgb(double red, double green, double blue) {
    private double get(int channel) {
      return channel == 0 ? red : channel == 1 ? green : blue;
    }

    private static Rgb grey(double value) {
      return new Rgb(value, value, value);
    }

    @Override
    public String toString() {
      return number(red) + "," + number(green) + "," + number(blue);
    }
  }

  private static final Rgb ZERO = Rgb.grey(0);
  private static final Rgb ONE = Rgb.grey(1);

  /** Keras' caffe mode (VGG, ResNet): blue first, ImageNet's mean subtracted. */
  public static final Preprocessing CAFFE =
      new Preprocessing(new Rgb(123.68, 116.779, 103.939), 1, ONE, true);

  /** Keras' tf mode (Inception, MobileNet): -1..1. */
  public static final Preprocessing TF = new Preprocessing(Rgb.grey(127.5), 1 / 127.5, ONE, false);

  /** Keras' torch mode (DenseNet, torchvision): 0..1, less the mean, over the deviation. */
  public static final Preprocessing TORCH =
      new Preprocessing(
          new Rgb(0.485 * 255, 0.456 * 255, 0.406 * 255),
          1 / 255.0,
          new Rgb(0.229, 0.224, 0.225),
          false);

  /** 0..1. */
  public static final Preprocessing UNIT = new Preprocessing(ZERO, 1 / 255.0, ONE, false);

  /** 0..255 as they stand. */
  public static final Preprocessing NONE = new Preprocessing(ZERO, 1, ONE, false);

  private static final Map<String, Preprocessing> NAMED = new LinkedHashMap<>();

  static {
    NAMED.put("caffe", CAFFE);
    NAMED.put("tf", TF);
    NAMED.put("torch", TORCH);
    NAMED.put("unit", UNIT);
    NAMED.put("none", NONE);
  }

  public Preprocessing {
    for (double value : new double[] {mean.red, mean.green, mean.blue}) {
      check("mean", value, Double.isFinite(value));
    }
    for (double value : new double[] {scale, std.red, std.green, std.blue}) {
      check("scale or std", value, Double.isFinite(value) && value > 0);
    }
  }

  /**
   * Reads what the command line writes.
   *
   * @throws BadInputException if it is neither a name nor parts as above; the message lists both
   */
  public static Preprocessing parse(String text) {
    Preprocessing named = NAMED.get(text.strip().toLowerCase(Locale.ROOT));
    if (named != null) {
      return named;
    }
    if (!text.contains("=")) {
      throw unknown(text, "'" + text + "' is no name");
    }
    Map<String, String> parts = new LinkedHashMap<>();
    for (String part : text.split(";")) {
      if (part.isBlank()) {
        continue;
      }
      String[] pair = part.split("=", 2);
      String key = pair[0].strip().toLowerCase(Locale.ROOT);
      if (pair.length < 2 || !List.of("mean", "scale", "std", "order").contains(key)) {
        throw unknown(text, "'" + part.strip() + "' is no part");
      }
      if (parts.put(key, pair[1].strip()) != null) {
        throw unknown(text, key + " stands twice");
      }
    }
    String order = parts.getOrDefault("order", "rgb").toLowerCase(Locale.ROOT);
    if (!order.equals("rgb") && !order.equals("bgr")) {
      throw unknown(text, "order '" + order + "' is neither rgb nor bgr");
    }
    List<Double> scale = numbers(text, "scale", parts.getOrDefault("scale", "1"));
    if (scale.size() != 1) {
      throw unknown(text, "scale has " + scale.size() + " numbers, expected one");
    }
    return new Preprocessing(
        rgb(text, "mean", parts.getOrDefault("mean", "0")),
        scale.get(0),
        rgb(text, "std", parts.getOrDefault("std", "1")),
        order.equals("bgr"));
  }

  /** The network's input, [h, w, 3] in the network's channel order. */
  public float[] apply(Picture picture) {
    byte[] rgb = picture.shared();
    float[] values = new float[rgb.length];
    for (int channel = 0; channel < 3; channel++) {
      float[] table = new float[256];
      for (int pixel = 0; pixel < 256; pixel++) {
        table[pixel] = (float) ((pixel - mean.get(channel)) * scale / std.get(channel));
      }
      int to = networkChannel(channel);
      for (int i = 0; i < rgb.length; i += 3) {
        values[i + to] = table[rgb[i + channel] & 0xff];
      }
    }
    return values;
  }

  /**
   * Pixels in 0..255 and RGB order from a network's input, both [h, w, 3]: what {@link #apply}
   * undone gives. Values that no picture has come out below 0 or above 255.
   */
  public float[] invert(float[] values) {
    checkTriples(values);
    float[] rgb = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      int channel = i % 3;
      float value = values[i - channel + networkChannel(channel)];
      rgb[i] = (float) (value * std.get(channel) / scale + mean.get(channel));
    }
    return rgb;
  }

  /**
   * A gradient with respect to the preprocessed pixels, [h, w, 3] in the network's order, in the
   * picture's RGB order; its values stay as they are.
   */
  public float[] gradientToRgb(float[] gradient) {
    checkTriples(gradient);
    float[] rgb = new float[gradient.length];
    for (int i = 0; i < gradient.length; i++) {
      int channel = i % 3;
      rgb[i] = gradient[i - channel + networkChannel(channel)];
    }
    return rgb;
  }

  /** The name if it has one, or its parts; {@link #parse} reads both. */
  @Override
  public String toString() {
    for (Map.Entry<String, Preprocessing> entry : NAMED.entrySet()) {
      if (entry.getValue().equals(this)) {
        return entry.getKey();
      }
    }
    String deviation = std.equals(ONE) ? "" : ";std=" + std;
    return "mean="
        + mean
        + ";scale="
        + number(scale)
        + deviation
        + ";order="
        + (bgr ? "bgr" : "rgb");
  }

  private int networkChannel(int channel) {
    return bgr ? 2 - channel : channel;
  }

  private static void checkTriples(float[] values) {
    if (values.length % 3 != 0) {
      throw new IllegalArgumentException(values.length + " values, expected the shape [h, w, 3]");
    }
  }

  private static Rgb rgb(String text, String key, String value) {
    List<Double> numbers = numbers(text, key, value);
    return switch (numbers.size()) {
      case 1 -> Rgb.grey(numbers.get(0));
      case 3 -> new Rgb(numbers.get(0), numbers.get(1), numbers.get(2));
      default -> throw unknown(text, key + " has " + numbers.size() + " numbers, expected R,G,B");
    };
  }

  private static List<Double> numbers(String text, String key, String value) {
    List<Double> numbers = new ArrayList<>();
    for (String number : value.split(",", -1)) {
      String[] fraction = number.split("/", 2);
      try {
        double divisor = fraction.length == 2 ? Double.parseDouble(fraction[1]) : 1;
        numbers.add(Double.parseDouble(fraction[0]) / divisor);
      } catch (NumberFormatException e) {
        throw unknown(text, key + " '" + number.strip() + "' is no number");
      }
    }
    return numbers;
  }

  private static void check(String what, double value, boolean good) {
    if (!good) {
      throw new BadInputException(
          "--preprocess: "
              + what
              + " "
              + value
              + " cannot be, expected a finite number"
              + (what.equals("mean") ? "" : " above zero"));
    }
  }

  private static BadInputException unknown(String text, String why) {
    return new BadInputException(
        "--preprocess '"
            + text
            + "': "
            + why
            + "; expected "
            + String.join(", ", NAMED.keySet())
            + ", or parts such as mean=R,G,B;scale=S;std=R,G,B;order=rgb|bgr");
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
