package dev.vitrine.viz.structure;

import dev.vitrine.viz.structure.Diagram.Box;
import java.util.stream.Collectors;

/** A diagram in Graphviz' language DOT, its groups as clusters. */
public final class DiagramDot {
  private DiagramDot() {}

  /**
   * The DOT text.
   *
   * @param title what the graph is called
   * @param down true if it flows downwards, false if to the right
   */
  public static String of(Diagram diagram, String title, boolean down) {
    StringBuilder dot = new StringBuilder();
    dot.append("digraph ").append(quoted(title)).append(" {\n");
    dot.append("  rankdir=").append(down ? "TB" : "LR").append(";\n");
    dot.append(
        "  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\", fontsize=10];\n");
    append(dot, diagram, -1, "  ");
    for (Diagram.Arrow arrow : diagram.arrows()) {
      dot.append("  b").append(arrow.from()).append(" -> b").append(arrow.to()).append(";\n");
    }
    return dot.append("}\n").toString();
  }

  /** The boxes of a group, then the groups in it. */
  private static void append(StringBuilder dot, Diagram diagram, int group, String indent) {
    for (int b = 0; b < diagram.boxes().size(); b++) {
      Box box = diagram.boxes().get(b);
      if (box.group() == group) {
        String label =
            box.lines().stream()
                    .map(l -> l.row().name() + "  " + l.does())
                    .collect(Collectors.joining("\n"))
                + "\n"
                + box.last().shape();
        long parameters = box.lines().stream().mapToLong(l -> l.row().parameters()).sum();
        dot.append(indent)
            .append("b" + b)
            .append(" [label=" + quoted(label))
            .append(", tooltip=" + quoted(parameters + " parameters"))
            .append(", fillcolor=" + quoted(color(box.kind())) + "];\n");
      }
    }
    for (int g = 0; g < diagram.groups().size(); g++) {
      if (diagram.groups().get(g).parent() == group) {
        dot.append(indent).append("subgraph cluster_" + g + " {\n");
        dot.append(indent).append("  label=" + quoted(diagram.groups().get(g).name()) + ";\n");
        append(dot, diagram, g, indent + "  ");
        dot.append(indent).append("}\n");
      }
    }
  }

  private static String color(Diagram.Kind kind) {
    return switch (kind) {
      case INPUT -> "#f2f2f2";
      case CONVOLUTION -> "#e1edfb";
      case POOLING -> "#e3f4e3";
      case DENSE -> "#efe6fa";
      case MERGE -> "#fdeedd";
      case OTHER -> "#f7f7f7";
    };
  }

  /** In quotes, in which only these mean something. */
  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
