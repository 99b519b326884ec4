package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import dev.vitrine.weights.keras.ModelConfig.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a model's configuration, and the models nested in it. */
final class ConfigReader {
  private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

  /** Nested models in nested models, beyond what anybody builds and below what a stack holds. */
  private static final int DEEPEST = 20;

  private static final Pattern NO_LETTER = Pattern.compile("\\W+");
  private static final Pattern WORD_START = Pattern.compile("(.)([A-Z][a-z]+)");
  private static final Pattern CAPITAL = Pattern.compile("([a-z])([A-Z])");

  private final String file;

  /** How many layers have been met, nested ones included. */
  private int places;

  ConfigReader(String file) {
    this.file = file;
  }

  /**
   * A model, whole or nested.
   *
   * @param layers with the names that they have in the whole, those of nested models among them
   */
  private record Part(List<LayerConfig> layers, List<Source> inputs, List<Source> outputs) {}

  /**
   * Where a model is nested.
   *
   * @param path the names down to it
   * @param stored where Keras 3 keeps its weights, with the slash that follows
   */
  private record Nest(List<String> path, String stored) {
    String name(String layer) {
      return String.join("/", path(layer));
    }

    List<String> path(String layer) {
      List<String> longer = new ArrayList<>(path);
      longer.add(layer);
      return List.copyOf(longer);
    }
  }

  ModelConfig whole(Map<?, ?> root) {
    Part part = model(root, new Nest(List.of(), ""));
    if (part.inputs().size() != 1) {
      throw new BadInputException(
          file
              + ": the model has "
              + part.inputs().size()
              + " inputs, expected one; make a keras.Model with one and save that");
    }
    if (part.outputs().isEmpty()) {
      throw new BadInputException(file + ": the model has no output; save it again");
    }
    return new ModelConfig(part.layers(), part.outputs());
  }

  private Part model(Map<?, ?> map, Nest nest) {
    String kind = String.valueOf(map.get("class_name"));
    if (nest.path().size() > DEEPEST) {
      throw new BadInputException(
          file + ": more than " + DEEPEST + " models are nested in each other; flatten them");
    }
    return switch (kind) {
      case "Sequential" -> sequential(map.get("config"), nest);
      case "Functional", "Model" -> functional(map.get("config"), nest);
      default ->
          throw new BadInputException(
              file
                  + ": the model is a "
                  + kind
                  + ", expected Sequential or Functional; "
                  + "a subclassed model does not say what it computes: rebuild it as one of these");
    };
  }

  /** A layer of a model, and what is in it if it is a model itself. */
  private record Entry(LayerConfig layer, Part nested) {}

  private Part sequential(Object config, Nest nest) {
    // Before Keras 2.2.3 the configuration was the bare list of layers.
    Object list = config instanceof Map<?, ?> map ? map.get("layers") : config;
    List<Entry> entries = new ArrayList<>();
    Source last = null;
    Source input = null;
    for (Entry entry : entries(list, nest)) {
      if (last == null) {
        LayerConfig first = entry.layer();
        if (!first.kind().equals("InputLayer")) {
          first = input(entry, config, nest);
          entries.add(new Entry(first, null));
        }
        input = new Source(first.name(), 0, 0);
        last = input;
      }
      if (!entry.layer().kind().equals("InputLayer")) {
        entries.add(new Entry(entry.layer().with(List.of(List.of(last))), entry.nested()));
        last = new Source(entry.layer().name(), 0, 0);
      } else {
        entries.add(entry);
      }
    }
    return unfolded(entries, List.of(input), List.of(last));
  }

  /** The input that a Sequential model without an InputLayer implies. */
  private LayerConfig input(Entry first, Object config, Nest nest) {
    Object shape = first.layer().settings().raw("batch_input_shape");
    if (shape == null && config instanceof Map<?, ?> map) {
      shape = map.get("build_input_shape");
    }
    if (shape == null && first.nested() != null && !first.nested().inputs().isEmpty()) {
      String inner = first.nested().inputs().get(0).layer();
      shape =
          first.nested().layers().stream()
              .filter(l -> l.name().equals(inner))
              .map(l -> l.settings().batchShape())
              .findFirst()
              .orElse(null);
    }
    if (shape == null && nest.path().isEmpty()) {
      throw new BadInputException(
          file
              + ": the model does not say what it takes; "
              + "build it in Keras with an Input(shape=(h, w, c)) and save it again");
    }
    List<String> path = first.layer().path();
    String own = path.get(path.size() - 1) + "_input";
    Map<String, Object> values = new HashMap<>();
    values.put("batch_shape", shape);
    Settings settings = new Settings(nest.name(own) + " in " + file, values);
    return new LayerConfig(
        0, "InputLayer", nest.name(own), nest.path(own), "", settings, List.of());
  }

  private Part functional(Object config, Nest nest) {
    if (!(config instanceof Map<?, ?> map)) {
      throw new BadInputException(file + ": model_config has no layers");
    }
    List<Entry> entries = entries(map.get("layers"), nest);
    List<Source> inputs = new ArrayList<>();
    Inbound.collect(map.get("input_layers"), inputs);
    List<Source> outputs = new ArrayList<>();
    Inbound.collect(map.get("output_layers"), outputs);
    return unfolded(entries, within(inputs, nest), within(outputs, nest));
  }

  private List<Entry> entries(Object list, Nest nest) {
    if (!(list instanceof List<?> all) || all.isEmpty()) {
      throw new BadInputException(file + ": model_config has no layers");
    }
    Map<String, Integer> kinds = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Object entry : all) {
      entries.add(entry(entry, nest, kinds));
    }
    return entries;
  }

  /**
   * One layer.
   *
   * @param kinds how many of each class have come before
   */
  private Entry entry(Object entry, Nest nest, Map<String, Integer> kinds) {
    int place = ++places;
    if (!(entry instanceof Map<?, ?> map) || !(map.get("class_name") instanceof String kind)) {
      throw incomplete(place);
    }
    boolean model = MODELS.contains(kind);
    Object config = map.get("config");
    Map<?, ?> values = config instanceof Map<?, ?> given ? given : model ? Map.of() : null;
    if (values == null) {
      throw incomplete(place);
    }
    Object name = map.get("name") == null ? values.get("name") : map.get("name");
    if (!(name instanceof String text)) {
      throw new BadInputException(file + ": layer " + place + " of model_config has no name");
    }
    String snake = snake(kind);
    int before = kinds.merge(snake, 1, Integer::sum) - 1;
    String stored = nest.stored() + "layers/" + snake + (before == 0 ? "" : "_" + before);
    String whole = nest.name(text);
    Modern modern = Modern.of(whole + " in " + file, kind, values);
    Settings settings = modern.settings();
    List<List<Source>> calls = new ArrayList<>();
    for (List<Source> call : Inbound.calls(map, place, kind, settings)) {
      calls.add(within(call, nest));
    }
    LayerConfig layer =
        new LayerConfig(
            place, modern.kind(), whole, nest.path(text), stored, settings, List.copyOf(calls));
    return new Entry(layer, model ? model(map, new Nest(nest.path(text), stored + "/")) : null);
  }

  private BadInputException incomplete(int place) {
    return new BadInputException(
        file + ": layer " + place + " of model_config has no class_name and config");
  }

  private static List<Source> within(List<Source> sources, Nest nest) {
    return sources.stream()
        .map(s -> new Source(nest.name(s.layer()), s.call(), s.output()))
        .toList();
  }

  /** Puts nested models' layers in their place. */
  private Part unfolded(List<Entry> entries, List<Source> inputs, List<Source> outputs) {
    List<LayerConfig> flat = new ArrayList<>();
    Map<Source, Source> ends = new HashMap<>();
    for (Entry entry : entries) {
      if (entry.nested() == null) {
        flat.add(entry.layer());
      } else {
        unfold(entry.layer(), entry.nested(), flat, ends);
      }
    }
    List<LayerConfig> layers = new ArrayList<>();
    for (LayerConfig layer : flat) {
      layers.add(layer.with(layer.calls().stream().map(call -> resolved(call, ends)).toList()));
    }
    return new Part(List.copyOf(layers), inputs, resolved(outputs, ends));
  }

  /** Each call of a nested model is a call of each layer in it. */
  private void unfold(
      LayerConfig outer, Part nested, List<LayerConfig> to, Map<Source, Source> ends) {
    Map<String, Integer> calls = new HashMap<>();
    nested.layers().forEach(l -> calls.put(l.name(), l.calls().size()));
    Set<String> inputs = new HashSet<>();
    nested.inputs().forEach(s -> inputs.add(s.layer()));
    for (List<Source> given : outer.calls()) {
      if (given.size() != nested.inputs().size()) {
        throw outer
            .settings()
            .refused(
                "takes "
                    + nested.inputs().size()
                    + " inputs, and is given "
                    + given.size()
                    + "; save it again");
      }
    }
    for (LayerConfig layer : nested.layers()) {
      if (inputs.contains(layer.name())) {
        continue;
      }
      List<List<Source>> all = new ArrayList<>();
      for (int j = 0; j < outer.calls().size(); j++) {
        for (List<Source> call : layer.calls()) {
          List<Source> sources = new ArrayList<>();
          for (Source s : call) {
            sources.add(outside(s, outer, nested, calls, j));
          }
          all.add(List.copyOf(sources));
        }
      }
      to.add(layer.with(List.copyOf(all)));
    }
    for (int j = 0; j < outer.calls().size(); j++) {
      for (int o = 0; o < nested.outputs().size(); o++) {
        ends.put(
            new Source(outer.name(), j, o),
            outside(nested.outputs().get(o), outer, nested, calls, j));
      }
    }
  }

  /** What a source within a nested model is in the model's call {@code j}. */
  private static Source outside(
      Source s, LayerConfig outer, Part nested, Map<String, Integer> calls, int j) {
    int input = nested.inputs().indexOf(s);
    return input >= 0
        ? outer.calls().get(j).get(input)
        : new Source(s.layer(), j * calls.getOrDefault(s.layer(), 1) + s.call(), s.output());
  }

  private List<Source> resolved(List<Source> sources, Map<Source, Source> ends) {
    List<Source> found = new ArrayList<>();
    for (Source s : sources) {
      Source end = s;
      for (int steps = 0; ends.containsKey(end); steps++) {
        end = ends.get(end);
        if (steps > ends.size()) {
          throw new BadInputException(
              file + ": " + s.layer() + " reads its own output; save the model again");
        }
      }
      found.add(end);
    }
    return List.copyOf(found);
  }

  /** Keras' name for a class' first layer: {@code conv2d_transpose} of Conv2DTranspose. */
  private static String snake(String kind) {
    String words = WORD_START.matcher(NO_LETTER.matcher(kind).replaceAll("")).replaceAll("$1_$2");
    return CAPITAL.matcher(words).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
  }
}
