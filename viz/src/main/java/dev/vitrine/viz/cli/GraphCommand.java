package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.structure.Diagram;
import dev.vitrine.viz.structure.DiagramDot;
import dev.vitrine.viz.structure.DiagramSvg;
import dev.vitrine.viz.structure.LayerTable;
import dev.vitrine.viz.structure.WeightHistogram;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code graph}: the network's structure as a picture. */
@Command(
    name = "graph",
    mixinStandardHelpOptions = true,
    description =
        "Draws the network: its layers as boxes with their shapes, in an SVG for a browser, and as"
            + " DOT for Graphviz. Nested models are groups that fold by a click.")
final class GraphCommand implements Callable<Integer> {
  /** Which way the layers flow. */
  enum Direction {
    TB,
    LR
  }

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      defaultValue = "vitrine-out",
      description = "The folder for the results. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--rankdir",
      paramLabel = "TB|LR",
      defaultValue = "TB",
      description = "From top to bottom, or from left to right. Default: ${DEFAULT-VALUE}.")
  private Direction direction;

  @Option(names = "--weights", description = "Adds a histogram of every layer's weights.")
  private boolean weights;

  @Option(
      names = "--apart",
      description =
          "Every layer in a box of its own. Otherwise normalizations, activations and dropouts"
              + " stand in the box of the layer that they finish.")
  private boolean apart;

  @Option(names = "--folded", description = "Nested models are folded at first.")
  private boolean folded;

  @Option(
      names = "--json",
      description = "The result as JSON on standard output, nothing else there.")
  private boolean json;

  @Override
  public Integer call() {
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      Network network = loaded.network();
      Diagram diagram = Diagram.of(network, LayerTable.of(network), apart);
      boolean down = direction == Direction.TB;
      Map<String, List<WeightHistogram>> histograms =
          weights ? WeightHistogram.of(network) : Map.of();
      String svg = new DiagramSvg(diagram, histograms, down, folded).svg(loaded.name());

      OutputFolder folder = new OutputFolder(out);
      String stem = loaded.name() + "-graph";
      Path picture = folder.text(stem + ".svg", svg);
      Path dot = folder.text(stem + ".dot", DiagramDot.of(diagram, loaded.name(), down));
      Map<String, Object> record = Provenance.of(command, loaded);
      record.put("boxes", diagram.boxes().size());
      record.put("groups", diagram.groups().stream().map(Diagram.Group::path).toList());
      folder.json(stem, record);
      if (json) {
        record.put("picture", picture.toString());
        record.put("dot", dot.toString());
        CommandOutput.json(record);
      } else {
        CommandOutput.line("the graph of %s in %s and %s", loaded.name(), picture, dot);
      }
    }
    return 0;
  }
}
