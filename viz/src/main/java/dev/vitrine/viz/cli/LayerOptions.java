package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** The layers that a command looks at in one photograph. */
final class LayerOptions {
  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "A layer to look at; repeatable. Default: three, from early to late, that all of the"
              + " photograph passes through.")
  private List<String> layers = new ArrayList<>();

  /**
   * The layers asked for, or three.
   *
   * @throws BadInputException if there is none of a name
   */
  List<String> resolve(Model model, InputOptions.Photograph photograph) {
    if (!layers.isEmpty()) {
      return layers.stream().distinct().map(l -> LayerNames.known(model, l)).toList();
    }
    Network network = model.network();
    Shape input = input(photograph);
    int classes = model.hasClasses() ? model.classes() : 0;
    return SpatialLayers.depths(network, input, SpatialLayers.last(network, input, classes));
  }

  /**
   * As {@link #resolve}, layers with maps only.
   *
   * @throws BadInputException if one has no height and width
   */
  List<String> resolveMaps(Model model, InputOptions.Photograph photograph) {
    List<String> resolved = resolve(model, photograph);
    Map<String, Shape> shapes = model.network().shapes(input(photograph));
    for (String layer : resolved) {
      if (shapes.get(layer).rank() != 4) {
        throw new BadInputException(
            "layer %s has output %s, no height and width: name a layer with maps with --layer"
                .formatted(layer, shapes.get(layer)));
      }
    }
    return resolved;
  }

  static Shape input(InputOptions.Photograph photograph) {
    return Shape.of(1, photograph.input().height(), photograph.input().width(), 3);
  }

  /** What a file is called: the layer is named where one run makes several. */
  static String file(String stem, String method, String layer, List<String> layers) {
    return stem + "-" + method + (layers.size() > 1 ? "-" + layer : "");
  }
}
