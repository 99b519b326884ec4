package dev.vitrine.viz.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class ExplainPageTest {
  private static final String NASTY = "<b>\"a\" & 'c' {{image}} </script>";

  /** A page whose pictures are as large as they get and hard to compress. */
  static ExplainPage page(String name, int side, int mapSide, int channels) {
    Random random = new Random(1);
    byte[] noise = new byte[side * side * 3];
    random.nextBytes(noise);
    Picture photograph = Picture.of(side, side, noise);
    ExplainPage page = new ExplainPage(name, name);
    page.photograph(photograph, new Resize.Region(0, side / 4.0, side, side / 2.0), name);
    page.verdict(name);
    page.row(name, 0.815, 12);
    page.row("second_best", 0.0074, 3);
    float[] map = new float[mapSide * mapSide];
    for (int i = 0; i < map.length; i++) {
      map[i] = random.nextFloat();
    }
    for (int i = 0; i < 4; i++) {
      page.overlay(
          name, name, "map " + i, HeatMap.of(mapSide, mapSide, map), HeatMap.Scaling.POSITIVE);
      page.picture(name, name, "picture " + i, photograph);
    }
    float[] values = new float[mapSide * mapSide * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    for (int depth = 0; depth < 3; depth++) {
      List<ExplainPage.Exciting> exciting = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        exciting.add(new ExplainPage.Exciting(i, photograph, -1, 1234.5));
      }
      page.depth(new ChannelMaps(name, mapSide, mapSide, channels, values), exciting);
    }
    page.exciting(name);
    page.footer("1", "abc", "reference");
    return page;
  }

  private static Document parsed(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whateverIsNamedIsWrittenAsText() throws Exception {
    Document document = parsed(page(NASTY, 20, 5, 4).html());

    assertThat(document.getElementsByTagName("b").getLength()).isZero();
    assertThat(document.getElementsByTagName("script").getLength()).isEqualTo(1);
    assertThat(document.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("What " + NASTY + " saw in " + NASTY);
  }

  @Test
  void thePageAsksTheNetworkForNothing() {
    String html = page("cat", 20, 5, 4).html().replaceAll("base64,[^\")]*", "");

    assertThat(html)
        .contains("default-src 'none'")
        .doesNotContain("http:", "https:", "file:", "//", "@import", "<link");
  }

  @Test
  void theLargestPageHasLessThanEightMegabytes() {
    String html = page("cat", 1600, 227, 1000).html();

    assertThat(html.length()).isBetween(1_000_000, 8_000_000);
  }

  @Test
  void everyPictureIsDescribedAndNoNumberNamesTwoThings() throws Exception {
    Document document = parsed(page("cat", 20, 5, 4).html());

    List<String> ids = new ArrayList<>();
    NodeList all = document.getElementsByTagName("*");
    for (int i = 0; i < all.getLength(); i++) {
      Element element = (Element) all.item(i);
      if (element.hasAttribute("id")) {
        ids.add(element.getAttribute("id"));
      }
      if (element.getTagName().equals("img")) {
        boolean inTiles =
            ((Element) element.getParentNode().getParentNode()).hasAttribute("aria-label");
        assertThat(element.hasAttribute("alt")).isTrue();
        assertThat(element.getAttribute("alt").isEmpty()).isEqualTo(inTiles);
      }
    }
    assertThat(ids).doesNotHaveDuplicates().contains("opacity", "depth-3-plot");
    for (int i = 0; i < all.getLength(); i++) {
      String by = ((Element) all.item(i)).getAttribute("aria-labelledby");
      assertThat(by.isEmpty() || ids.contains(by)).as(by).isTrue();
    }
  }

  @Test
  void onlyThePartThatTheNetworkSawIsCovered() {
    assertThat(page("cat", 20, 5, 4).html())
        .contains("height: 100.000%; left: 25.000%;", "top: 0.000%; width: 50.000%;");
  }

  @Test
  void barsAreAsLongAsTheProbabilities() {
    assertThat(page("cat", 20, 5, 4).html())
        .contains("width: 81.5%", "81.5 %", "width: 0.7%", "second best");
    ExplainPage page = new ExplainPage("cat", "maps");
    page.photograph(
        Picture.of(1, 1, new byte[3]), new Resize.Region(0, 0, 1, 1), "The network saw it.");
    page.row("tabby", null, 13.25);
    page.footer("1", "abc", "reference");
    assertThat(page.html())
        .contains("logit 13.25", "no probabilities")
        .doesNotContain("class=\"bar\"");
  }
}
