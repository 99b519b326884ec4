package dev.vitrine.viz.plot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.image.Labels;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class BarPlotTest {

  private static Document xml(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(svg)));
  }

  @Test
  void aBarIsAsLongAsItsShare() throws Exception {
    List<BarPlot.Bar> bars =
        List.of(
            new BarPlot.Bar("all", 1, "100 %"),
            new BarPlot.Bar("a <quarter>", 0.25, "25 %"),
            new BarPlot.Bar("nothing", 0, "0 %"));
    Document svg = xml(new BarPlot("Zeros & more", "share", bars).svg());

    NodeList rects = svg.getElementsByTagName("rect");
    assertThat(rects.getLength()).isEqualTo(4);
    double whole = width(rects, 1);
    assertThat(width(rects, 2)).isEqualTo(whole / 4);
    assertThat(width(rects, 3)).isZero();
    assertThat(svg.getDocumentElement().getTextContent())
        .contains("Zeros & more", "a <quarter>", "100 %");
  }

  private static double width(NodeList rects, int i) {
    return Double.parseDouble(((Element) rects.item(i)).getAttribute("width"));
  }

  @Test
  void theTopClassesAreNamedWithTheirProbabilitiesWhereTheyArePeaks() throws Exception {
    double[] probabilities = new double[40];
    probabilities[20] = 0.9;
    probabilities[39] = 0.08;
    probabilities[0] = 0.02;
    Prediction prediction = new Prediction(probabilities, probabilities);
    SpikePlot plot = SpikePlot.of(prediction, Labels.numbered(40), 4);

    assertThat(plot.peaks())
        .extracting(SpikePlot.Peak::text)
        .containsExactly("class 20 90.0 %", "class 39 8.0 %", "class 0 2.0 %");
    assertThat(plot.peaks())
        .extracting(SpikePlot.Peak::anchor)
        .as("none leaves the plot")
        .containsExactly("middle", "end", "start");
    assertThat(plot.upTitle()).isEqualTo("probability");
    Document svg = xml(plot.svg("Of a & b", List.of()));
    assertThat(svg.getElementsByTagName("svg").getLength()).isEqualTo(2);
  }

  @Test
  void aNetworkWithoutProbabilitiesShowsItsLogits() {
    SpikePlot plot =
        SpikePlot.of(new Prediction(new double[] {-2, 3}, null), Labels.numbered(2), 1);

    assertThat(plot.upTitle()).isEqualTo("logit");
    assertThat(plot.peaks()).extracting(SpikePlot.Peak::text).containsExactly("class 1");
  }
}
