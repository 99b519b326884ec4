package dev.vitrine.viz.structure;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.CappedRelu;
import dev.vitrine.engine.op.Composed;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.ConvTranspose2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.engine.op.Sparsemax;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a network's picture shows: boxes of layers, arrows between them, and the models that were
 * nested in it as groups of boxes. A layer of the nested model {@code base} is called {@code
 * base/conv1}.
 *
 * @param boxes in the network's order
 * @param groups a group before those inside it
 */
public record Diagram(List<Box> boxes, List<Group> groups, List<Arrow> arrows) {
  /** What boxes are told apart by. */
  public enum Kind {
    INPUT,
    CONVOLUTION,
    POOLING,
    DENSE,
    MERGE,
    OTHER
  }

  /**
   * A layer in a box.
   *
   * @param does what it does, {@code Conv2d 3x3 /2}
   */
  public record Line(LayerTable.Row row, String does) {}

  /**
   * A layer with those that only finish it: normalization, activation and dropout that read nothing
   * else, while nobody else reads what is before them.
   *
   * @param group its innermost group's index, or -1
   */
  public record Box(Kind kind, List<Line> lines, int group) {
    /** What its last layer makes. */
    public LayerTable.Row last() {
      return lines.get(lines.size() - 1).row();
    }
  }

  /**
   * A nested model.
   *
   * @param path its name after those of the groups around it, {@code outer/inner}
   * @param parent the index of the group around it, or -1
   */
  public record Group(String path, int parent) {
    /** Its own name. */
    public String name() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /** From one box to another, by their indices. */
  public record Arrow(int from, int to) {}

  /**
   * A network's diagram.
   *
   * @param apart true if every layer has a box of its own
   */
  public static Diagram of(Network network, LayerTable table, boolean apart) {
    Map<String, LayerTable.Row> rows = new HashMap<>();
    table.rows().forEach(row -> rows.put(row.name(), row));
    Map<String, Integer> readers = new HashMap<>();
    for (Layer layer : network.layers()) {
      layer.inputs().forEach(in -> readers.merge(in, 1, Integer::sum));
    }
    Map<String, Integer> groups = new LinkedHashMap<>();
    Map<String, Integer> boxOf = new HashMap<>();
    List<Box> boxes = new ArrayList<>();
    boxOf.put(network.input(), 0);
    boxes.add(new Box(Kind.INPUT, List.of(new Line(rows.get(network.input()), "Input")), -1));
    for (Layer layer : network.layers()) {
      Line line = new Line(rows.get(layer.name()), does(layer.op()));
      int group = group(layer.name(), groups);
      Integer before = layer.inputs().size() == 1 ? boxOf.get(layer.inputs().get(0)) : null;
      if (!apart
          && before != null
          && before > 0
          && finishes(layer.op())
          && boxes.get(before).group() == group
          && boxes.get(before).last().name().equals(layer.inputs().get(0))
          && readers.get(layer.inputs().get(0)) == 1) {
        Box box = boxes.get(before);
        List<Line> lines = new ArrayList<>(box.lines());
        lines.add(line);
        boxes.set(before, new Box(box.kind(), List.copyOf(lines), group));
        boxOf.put(layer.name(), before);
      } else {
        boxOf.put(layer.name(), boxes.size());
        boxes.add(new Box(kind(layer), List.of(line), group));
      }
    }
    Set<Arrow> arrows = new LinkedHashSet<>();
    for (Layer layer : network.layers()) {
      for (String in : layer.inputs()) {
        Arrow arrow = new Arrow(boxOf.get(in), boxOf.get(layer.name()));
        if (arrow.from() != arrow.to()) {
          arrows.add(arrow);
        }
      }
    }
    List<Group> nested = new ArrayList<>();
    groups.forEach((path, index) -> nested.add(new Group(path, parent(path, groups))));
    return new Diagram(List.copyOf(boxes), List.copyOf(nested), List.copyOf(arrows));
  }

  /** The index of the innermost group that a layer lies in; those around it come before it. */
  private static int group(String layer, Map<String, Integer> groups) {
    for (int at = layer.indexOf('/'); at > 0; at = layer.indexOf('/', at + 1)) {
      groups.putIfAbsent(layer.substring(0, at), groups.size());
    }
    return parent(layer, groups);
  }

  private static int parent(String path, Map<String, Integer> groups) {
    int at = path.lastIndexOf('/');
    return at <= 0 ? -1 : groups.get(path.substring(0, at));
  }

  /** True if a group is another or lies in it. */
  boolean isWithin(int group, int other) {
    for (int at = group; at >= 0; at = groups.get(at).parent()) {
      if (at == other) {
        return true;
      }
    }
    return false;
  }

  private static boolean finishes(Op op) {
    return op instanceof BatchNorm
        || op instanceof Relu
        || op instanceof Elementwise
        || op instanceof Composed
        || op instanceof CappedRelu
        || op instanceof Sparsemax
        || op instanceof Softmax
        || op instanceof Identity;
  }

  private static Kind kind(Layer layer) {
    Op op = layer.op();
    if (op instanceof Conv2d || op instanceof ConvTranspose2d) {
      return Kind.CONVOLUTION;
    }
    if (op instanceof Dense) {
      return Kind.DENSE;
    }
    if (op instanceof MaxPool2d || op instanceof AveragePool2d || op instanceof GlobalPool2d) {
      return Kind.POOLING;
    }
    return op instanceof Concat || layer.inputs().size() > 1 ? Kind.MERGE : Kind.OTHER;
  }

  private static String does(Op op) {
    if (op instanceof Conv2d conv) {
      String groups = conv.groups() == 1 ? "" : " in " + conv.groups() + " groups";
      return op.type() + " " + window(conv.sliding().window()) + groups;
    }
    if (op instanceof ConvTranspose2d conv) {
      return op.type() + " " + window(conv.sliding().window());
    }
    if (op instanceof MaxPool2d pool) {
      return op.type() + " " + window(pool.sliding().window());
    }
    if (op instanceof AveragePool2d pool) {
      return op.type() + " " + window(pool.sliding().window());
    }
    return op.type();
  }

  private static String window(Window w) {
    String stride =
        w.strideH() == 1 && w.strideW() == 1
            ? ""
            : w.strideH() == w.strideW()
                ? " /" + w.strideH()
                : " /" + w.strideH() + "x" + w.strideW();
    String dilation =
        w.dilationH() == 1 && w.dilationW() == 1
            ? ""
            : " dilated " + w.dilationH() + "x" + w.dilationW();
    return w.kernelH() + "x" + w.kernelW() + stride + dilation;
  }
}
