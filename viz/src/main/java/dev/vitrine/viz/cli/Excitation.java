package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Maximized;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What excites the strongest channels of a few layers, at a setting cheap enough for a page. */
final class Excitation {
  /** About an eleventh of the published work: fewer steps, up to 165 pixels. */
  static final Recipe CHEAP = Recipe.GRAETZ.withRounds(7).withSteps(12);

  private final Model model;
  private final long seed;
  private final List<Batch> batches = new ArrayList<>();
  private final Map<String, List<Integer>> strongest = new LinkedHashMap<>();
  private final Map<String, List<Made>> made = new LinkedHashMap<>();

  /** Channels that are maximized side by side. */
  private record Batch(
      String layer, List<Integer> sizes, List<Integer> channels, List<Feature> of) {}

  /** A channel of the layer shown, and its picture. */
  record Made(String layer, int channel, Feature feature, Maximized result) {
    Picture picture() {
      float[] pixels = result.colors().clone();
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] *= 255;
      }
      return Picture.ofFloats(result.size(), result.size(), pixels);
    }

    double from() {
      return result.activations().get(0);
    }

    double to() {
      return result.activations().get(result.activations().size() - 1);
    }

    Map<String, Object> record() {
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("method", "graetz");
      record.put("layer", layer);
      record.put("channel", channel);
      record.put("maximized", feature.toString());
      record.put("settings", CHEAP);
      record.put("sizes", result.sizes());
      record.put("activations", result.activations());
      record.put("dead", result.dead());
      return record;
    }
  }

  /**
   * Plans the pictures of the layers.
   *
   * @param each how many channels of each layer
   * @throws BadInputException if a layer does not take images of different sizes
   */
  Excitation(Model model, List<ChannelMaps> depths, int each, long seed) {
    this.model = model;
    this.seed = seed;
    Network network = model.network();
    for (ChannelMaps depth : depths) {
      made.put(depth.layer(), new ArrayList<>());
      strongest.put(depth.layer(), depth.strongest(each));
      Map<String, Batch> byLayer = new LinkedHashMap<>();
      for (int channel : strongest.get(depth.layer())) {
        Feature feature = Feature.beforeRelu(network, depth.layer(), channel);
        Batch batch =
            byLayer.computeIfAbsent(
                feature.layer(),
                layer ->
                    new Batch(
                        depth.layer(),
                        CHEAP.sizes(network, layer),
                        new ArrayList<>(),
                        new ArrayList<>()));
        batch.channels().add(channel);
        batch.of().add(feature);
      }
      batches.addAll(byLayer.values());
    }
  }

  /** The work of all pictures, in the pixels that {@link #run} counts. */
  long work() {
    return batches.stream().mapToLong(b -> CHEAP.work(b.sizes()) * b.of().size()).sum();
  }

  /** Makes them, by layer, the strongest channel first. */
  Map<String, List<Made>> run(Progress progress) {
    long[] done = {0};
    for (Batch batch : batches) {
      String layer = batch.of().get(0).layer();
      int fit =
          CHEAP.imagesWithin(
              model.network().backend().memoryBudget(),
              model.network(),
              Set.of(layer),
              batch.sizes());
      for (int i = 0; i < batch.of().size(); i += fit) {
        int end = Math.min(i + fit, batch.of().size());
        List<Maximized> results =
            CHEAP.maximize(
                model.network(),
                model.preprocessing(),
                batch.of().subList(i, end),
                batch.sizes(),
                seed,
                work -> progress.to(done[0] += work));
        for (int k = i; k < end; k++) {
          made.get(batch.layer())
              .add(
                  new Made(
                      batch.layer(),
                      batch.channels().get(k),
                      batch.of().get(k),
                      results.get(k - i)));
        }
      }
    }
    strongest.forEach(
        (layer, order) ->
            made.get(layer).sort(Comparator.comparingInt(m -> order.indexOf(m.channel()))));
    return made;
  }

  /** One sentence on the setting. */
  static String about() {
    return "The pictures that excite channels are made in %d rounds of %d steps of Adam, from %d pixels on, each round %s times larger; 'vitrine maximize' takes more."
        .formatted(CHEAP.rounds(), CHEAP.steps(), CHEAP.start(), CHEAP.factor());
  }
}
