package dev.vitrine.viz.structure;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.elk.alg.layered.options.FixedAlignment;
import org.eclipse.elk.alg.layered.options.LayeredMetaDataProvider;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.LayeringStrategy;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.data.LayoutMetaDataService;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.options.HierarchyHandling;
import org.eclipse.elk.core.util.BasicProgressMonitor;
import org.eclipse.elk.graph.ElkBendPoint;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/**
 * Where a diagram's boxes, frames and arrows lie, in pixels from the top left corner: layers in the
 * direction of the flow (Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of
 * Hierarchical System Structures", 1981), by the Eclipse Layout Kernel.
 *
 * @param boxes of the boxes that are seen, by index
 * @param frames of the groups that are seen: around their boxes, or folded as a box
 * @param arrows their corners {@code [x, y]} from start to end
 */
record DiagramLayout(
    double width,
    double height,
    Map<Integer, Rectangle> boxes,
    Map<Integer, Rectangle> frames,
    List<List<double[]>> arrows) {
  private static final double MARGIN = 12;
  private static final double BETWEEN_BOXES = 18;
  private static final double BETWEEN_LAYERS = 26;
  private static final double HEADER = 30;

  /** A place and an extent. */
  record Rectangle(double x, double y, double width, double height) {}

  /** A box's extent. */
  record Size(double width, double height) {}

  static {
    LayoutMetaDataService.getInstance()
        .registerLayoutMetaDataProviders(new LayeredMetaDataProvider());
  }

  /**
   * Lays a diagram out.
   *
   * @param boxes the boxes' sizes
   * @param folded the groups that are drawn as one box
   * @param groups their sizes then
   * @param down true if it flows downwards, false if to the right
   */
  static DiagramLayout of(
      Diagram diagram, List<Size> boxes, BitSet folded, List<Size> groups, boolean down) {
    Construction c = new Construction(diagram, folded, down);
    c.build(boxes, groups);
    new RecursiveGraphLayoutEngine().layout(c.root, new BasicProgressMonitor());
    return c.read();
  }

  private static final class Construction {
    private final Diagram diagram;
    private final BitSet folded;
    private final boolean down;
    private final ElkNode root = ElkGraphUtil.createGraph();
    private final Map<Integer, ElkNode> boxNodes = new LinkedHashMap<>();
    private final Map<Integer, ElkNode> groupNodes = new LinkedHashMap<>();
    private final List<ElkEdge> edges = new ArrayList<>();

    Construction(Diagram diagram, BitSet folded, boolean down) {
      this.diagram = diagram;
      this.folded = folded;
      this.down = down;
      configure(root, MARGIN, MARGIN);
      if (diagram.groups().isEmpty()) {
        // Branches from left to right in the network's order; ELK 0.11 fails at it where graphs
        // nest.
        root.setProperty(
            LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.NODES_AND_EDGES);
      }
    }

    private void configure(ElkNode graph, double padding, double top) {
      graph.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
      graph.setProperty(LayeredOptions.DIRECTION, down ? Direction.DOWN : Direction.RIGHT);
      graph.setProperty(LayeredOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
      graph.setProperty(LayeredOptions.HIERARCHY_HANDLING, HierarchyHandling.INCLUDE_CHILDREN);
      graph.setProperty(LayeredOptions.LAYERING_STRATEGY, LayeringStrategy.NETWORK_SIMPLEX);
      graph.setProperty(
          LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.BRANDES_KOEPF);
      graph.setProperty(LayeredOptions.NODE_PLACEMENT_BK_FIXED_ALIGNMENT, FixedAlignment.BALANCED);
      graph.setProperty(LayeredOptions.MERGE_EDGES, true);
      graph.setProperty(LayeredOptions.SPACING_NODE_NODE, BETWEEN_BOXES);
      graph.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, BETWEEN_LAYERS);
      graph.setProperty(LayeredOptions.RANDOM_SEED, 1);
      graph.setProperty(LayeredOptions.PADDING, new ElkPadding(top, padding, padding, padding));
    }

    void build(List<Size> boxes, List<Size> groups) {
      for (int g = 0; g < diagram.groups().size(); g++) {
        int parent = diagram.groups().get(g).parent();
        if (hidden(parent)) {
          continue;
        }
        ElkNode node = ElkGraphUtil.createNode(parent < 0 ? root : groupNodes.get(parent));
        if (folded.get(g)) {
          node.setDimensions(groups.get(g).width(), groups.get(g).height());
        } else {
          configure(node, MARGIN, HEADER);
        }
        groupNodes.put(g, node);
      }
      for (int b = 0; b < diagram.boxes().size(); b++) {
        int group = diagram.boxes().get(b).group();
        if (!hidden(group)) {
          ElkNode node = ElkGraphUtil.createNode(group < 0 ? root : groupNodes.get(group));
          node.setDimensions(boxes.get(b).width(), boxes.get(b).height());
          boxNodes.put(b, node);
        }
      }
      Set<List<ElkNode>> pairs = new LinkedHashSet<>();
      for (Diagram.Arrow arrow : diagram.arrows()) {
        ElkNode from = seen(arrow.from());
        ElkNode to = seen(arrow.to());
        if (from != to && pairs.add(List.of(from, to))) {
          edges.add(ElkGraphUtil.createSimpleEdge(from, to));
        }
      }
    }

    /** True if a group or one around it is folded. */
    private boolean hidden(int group) {
      for (int at = group; at >= 0; at = diagram.groups().get(at).parent()) {
        if (folded.get(at)) {
          return true;
        }
      }
      return false;
    }

    /** The box, or the outermost folded group around it. */
    private ElkNode seen(int box) {
      ElkNode node = boxNodes.get(box);
      for (int at = diagram.boxes().get(box).group(); at >= 0; ) {
        if (folded.get(at)) {
          node = groupNodes.getOrDefault(at, node);
        }
        at = diagram.groups().get(at).parent();
      }
      return node;
    }

    DiagramLayout read() {
      Map<Integer, Rectangle> boxes = new HashMap<>();
      boxNodes.forEach((b, node) -> boxes.put(b, rectangle(node)));
      Map<Integer, Rectangle> frames = new HashMap<>();
      groupNodes.forEach((g, node) -> frames.put(g, rectangle(node)));
      List<List<double[]>> arrows = new ArrayList<>();
      for (ElkEdge edge : edges) {
        Rectangle at = rectangle(edge.getContainingNode());
        ElkEdgeSection section = edge.getSections().get(0);
        List<double[]> corners = new ArrayList<>();
        corners.add(new double[] {at.x() + section.getStartX(), at.y() + section.getStartY()});
        for (ElkBendPoint bend : section.getBendPoints()) {
          corners.add(new double[] {at.x() + bend.getX(), at.y() + bend.getY()});
        }
        corners.add(new double[] {at.x() + section.getEndX(), at.y() + section.getEndY()});
        arrows.add(corners);
      }
      return new DiagramLayout(root.getWidth(), root.getHeight(), boxes, frames, arrows);
    }

    private static Rectangle rectangle(ElkNode node) {
      double x = 0;
      double y = 0;
      for (ElkNode at = node; at != null; at = at.getParent()) {
        x += at.getX();
        y += at.getY();
      }
      return new Rectangle(x, y, node.getWidth(), node.getHeight());
    }
  }
}
