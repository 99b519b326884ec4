package dev.vitrine.weights.keras;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A layer in the words of Keras 2 and 3, whoever wrote it. */
record Modern(String kind, Settings settings) {
  private static final Map<String, String> KINDS =
      Map.of(
          "Convolution2D", "Conv2D",
          "AtrousConvolution2D", "Conv2D",
          "Deconvolution2D", "Conv2DTranspose",
          "SeparableConvolution2D", "SeparableConv2D");

  private static final Map<String, String> KEYS =
      Map.of(
          "nb_filter", "filters",
          "output_dim", "units",
          "subsample", "strides",
          "border_mode", "padding",
          "atrous_rate", "dilation_rate",
          "bias", "use_bias");

  private static final Map<String, String> MERGES =
      Map.of(
          "sum", "Add",
          "mul", "Multiply",
          "ave", "Average",
          "max", "Maximum",
          "concat", "Concatenate");

  /** Translates what Keras 1 wrote; what is not its own stays as it is. */
  static Modern of(String where, String kind, Map<?, ?> values) {
    Map<Object, Object> modern = new HashMap<>(values);
    KEYS.forEach(
        (old, now) -> {
          if (modern.containsKey(old)) {
            modern.putIfAbsent(now, modern.remove(old));
          }
        });
    if (modern.containsKey("nb_row") && modern.containsKey("nb_col")) {
      List<Object> size = new ArrayList<>();
      size.add(modern.remove("nb_row"));
      size.add(modern.remove("nb_col"));
      modern.putIfAbsent("kernel_size", size);
    }
    Object ordering = modern.remove("dim_ordering");
    if ("tf".equals(ordering) || "th".equals(ordering)) {
      modern.put("data_format", "tf".equals(ordering) ? "channels_last" : "channels_first");
    }
    Settings settings = new Settings(where, modern);
    if (!kind.equals("Merge")) {
      return new Modern(KINDS.getOrDefault(kind, kind), settings);
    }
    String merge = MERGES.get(settings.text("mode", "sum"));
    if (merge == null) {
      throw settings.unexpected("mode", "sum, mul, ave, max or concat");
    }
    if (modern.containsKey("concat_axis")) {
      modern.putIfAbsent("axis", modern.get("concat_axis"));
    }
    return new Modern(merge, settings);
  }
}
