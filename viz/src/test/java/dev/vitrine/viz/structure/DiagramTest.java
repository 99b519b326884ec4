package dev.vitrine.viz.structure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.viz.structure.DiagramLayout.Rectangle;
import dev.vitrine.viz.structure.DiagramLayout.Size;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

final class DiagramTest {
  private final Backend backend = Backends.open("reference", false, note -> {});
  private Network network;

  @BeforeEach
  void build() {
    network = Structures.nested(backend);
  }

  @AfterEach
  void close() {
    network.close();
    backend.close();
  }

  private Diagram diagram(boolean apart) {
    return Diagram.of(network, LayerTable.of(network), apart);
  }

  private static List<String> names(Diagram diagram) {
    return diagram.boxes().stream()
        .map(b -> b.lines().stream().map(l -> l.row().name()).collect(Collectors.joining("+")))
        .toList();
  }

  @Test
  void whatOnlyFinishesALayerStandsInItsBox() {
    assertThat(names(diagram(false)))
        .containsExactly(
            "image",
            "rescale",
            "base/conv1+base/bn1+base/relu1",
            "base/block/left",
            "base/block/right",
            "base/block/both",
            "base/skip",
            "base/sum",
            "base/pool",
            "average",
            "scores+classes");
  }

  @Test
  void apartEveryLayerHasABoxOfItsOwn() {
    assertThat(diagram(true).boxes()).hasSize(network.layers().size() + 1);
  }

  @Test
  void namesWithSlashesAreGroupsInGroups() {
    Diagram diagram = diagram(false);

    assertThat(diagram.groups())
        .containsExactly(new Diagram.Group("base", -1), new Diagram.Group("base/block", 0));
    assertThat(diagram.boxes().stream().map(Diagram.Box::group))
        .containsExactly(-1, -1, 0, 1, 1, 1, 0, 0, 0, -1, -1);
    assertThat(diagram.isWithin(1, 0)).isTrue();
    assertThat(diagram.isWithin(0, 1)).isFalse();
  }

  @Test
  void thereIsAnArrowForEveryInputThatIsNotInTheSameBox() {
    assertThat(diagram(false).arrows().stream().map(a -> a.from() + ">" + a.to()))
        .containsExactlyInAnyOrder(
            "0>1", "1>2", "2>3", "2>4", "3>5", "4>5", "2>6", "5>7", "6>7", "7>8", "8>9", "9>10");
  }

  @ParameterizedTest
  @CsvSource({"true,''", "true,0", "true,1", "true,'0,1'", "false,''", "false,1"})
  void nothingOverlapsAndArrowsFollowTheFlow(boolean down, String foldedGroups) {
    Diagram diagram = diagram(false);
    List<Size> sizes = Collections.nCopies(diagram.boxes().size(), new Size(120, 50));
    BitSet folded = new BitSet();
    for (String group : foldedGroups.split(",")) {
      if (!group.isEmpty()) {
        folded.set(Integer.parseInt(group));
      }
    }

    DiagramLayout layout =
        DiagramLayout.of(diagram, sizes, folded, Collections.nCopies(2, new Size(150, 60)), down);

    List<Rectangle> solid = new ArrayList<>(layout.boxes().values());
    layout
        .frames()
        .forEach(
            (g, frame) -> {
              if (folded.get(g)) {
                solid.add(frame);
              }
            });
    int hidden = folded.get(0) ? 7 : folded.get(1) ? 3 : 0;
    assertThat(layout.boxes()).hasSize(11 - hidden);
    for (int i = 0; i < solid.size(); i++) {
      for (int j = 0; j < i; j++) {
        assertThat(overlap(solid.get(i), solid.get(j))).as("boxes %d and %d", i, j).isFalse();
      }
      assertThat(solid.get(i).x() + solid.get(i).width()).isLessThanOrEqualTo(layout.width());
      assertThat(solid.get(i).y() + solid.get(i).height()).isLessThanOrEqualTo(layout.height());
    }
    assertThat(layout.arrows()).isNotEmpty();
    for (List<double[]> arrow : layout.arrows()) {
      int axis = down ? 1 : 0;
      double[] start = arrow.get(0);
      double[] end = arrow.get(arrow.size() - 1);
      assertThat(end[axis]).isGreaterThan(start[axis]);
      assertThat(solid).as("what an arrow leaves").anyMatch(box -> touches(box, start));
      assertThat(solid).as("what an arrow reaches").anyMatch(box -> touches(box, end));
    }
  }

  private static boolean overlap(Rectangle a, Rectangle b) {
    return a.x() < b.x() + b.width()
        && b.x() < a.x() + a.width()
        && a.y() < b.y() + b.height()
        && b.y() < a.y() + a.height();
  }

  private static boolean touches(Rectangle box, double[] at) {
    double slack = 0.5;
    return at[0] >= box.x() - slack
        && at[0] <= box.x() + box.width() + slack
        && at[1] >= box.y() - slack
        && at[1] <= box.y() + box.height() + slack;
  }

  @Test
  void theSvgIsXmlWithEveryLayerItsShapeAndItsParameters() throws Exception {
    Document svg = parse(new DiagramSvg(diagram(false), Map.of(), true, false).svg("a <b> & c"));

    assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("a <b> & c");
    String all = svg.getDocumentElement().getTextContent();
    network.layers().forEach(layer -> assertThat(all).contains(layer.name()));
    assertThat(all).contains("16 x 16 x 8", "Conv2d 3x3 /2", "68 parameters", "sees 9 pixels");
    assertThat(all).doesNotContain("kernel ");
  }

  @Test
  void weightsHaveHistograms() throws Exception {
    Document svg =
        parse(new DiagramSvg(diagram(false), WeightHistogram.of(network), false, false).svg("net"));

    String all = svg.getDocumentElement().getTextContent();
    assertThat(all).contains("kernel 0..9", "gamma 0..7", "variance 0..7");
    assertThat(all).contains("kernel: 64 numbers, 0.00 to 9.00");
  }

  @Test
  void aPictureWithoutGroupsHasNoScript() throws Exception {
    try (NetworkBuilder b =
        Network.on(backend).input("image", dev.vitrine.engine.Shape.of(1, 8, 8, 3))) {
      b.layer("conv", Structures.conv(3, 1), Structures.weights(b, "conv", 3, 3, 4));
      try (Network plain = b.build()) {
        Diagram diagram = Diagram.of(plain, LayerTable.of(plain), false);
        String svg = new DiagramSvg(diagram, Map.of(), true, false).svg("plain");
        assertThat(parse(svg).getElementsByTagName("script").getLength()).isZero();
      }
    }
  }

  @Test
  void dotHasABoxForEachBoxAndClustersInClusters() {
    String dot = DiagramDot.of(diagram(false), "say \"net\"", false);

    assertThat(dot).startsWith("digraph \"say \\\"net\\\"\" {").contains("rankdir=LR");
    assertThat(dot.lines().filter(l -> l.contains("[label="))).hasSize(11);
    assertThat(dot.lines().filter(l -> l.contains(" -> "))).hasSize(12);
    assertThat(dot.indexOf("subgraph cluster_1"))
        .isBetween(dot.indexOf("subgraph cluster_0"), dot.indexOf("b0 -> b1"));
    assertThat(dot.chars().filter(c -> c == '{').count())
        .isEqualTo(dot.chars().filter(c -> c == '}').count());
  }

  private static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }
}
