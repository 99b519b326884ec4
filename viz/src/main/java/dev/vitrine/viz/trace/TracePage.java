package dev.vitrine.viz.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.Inline;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A page that walks a score back to the pixels, layer by layer. It is one file, and asks the
 * network for nothing; what it shows it draws from the numbers of a {@link Trace}.
 */
public final class TracePage {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In the order in which they are run. */
  private static final List<String> SCRIPTS =
      List.of(
          "tensors.js",
          "reach.js",
          "paint.js",
          "sums.js",
          "layers.js",
          "stations.js",
          "cell.js",
          "page.js");

  private final Trace trace;
  private final Map<String, Object> context = new LinkedHashMap<>();
  private final Map<String, Object> data = new LinkedHashMap<>();

  /**
   * A page.
   *
   * @param image the photograph's name
   * @param target what the score is of, as people say it
   */
  public TracePage(Trace trace, String image, String model, String target) {
    this.trace = trace;
    context.put("image", image);
    context.put("model", model);
    context.put("target", target);
    context.put("rule", trace.rule());
    context.put("notGradient", !trace.rule().equals("gradient"));
    context.put("score", String.format(Locale.ROOT, "%.4g", trace.score()));
    data.put("target", target);
    data.put("labels", List.of());
    data.put("viridis", IntStream.range(0, 256).map(TracePage::viridis).toArray());
  }

  private static int viridis(int i) {
    return ColorMap.VIRIDIS.rgb((i + 0.5f) / 256) & 0xffffff;
  }

  /** The photograph at the network's input size, and what its channels are called there. */
  public void photograph(Picture input, List<String> channels) {
    context.put("photograph", Inline.picture(input, Math.max(input.height(), input.width())));
    context.put("width", input.width());
    context.put("height", input.height());
    data.put("pixels", channels);
  }

  /** What the numbers of a row of scores stand for. */
  public void labels(List<String> names) {
    data.put("labels", names);
  }

  /** What it was made with: versions and the model's hash. */
  public void footer(String version, String hash, String backend) {
    context.put("version", version);
    context.put("hash", hash);
    context.put("backend", backend);
  }

  /** The page. */
  public String html() {
    data.put("trace", trace);
    context.put("data", json());
    context.put("style", resource("trace.css"));
    context.put("script", SCRIPTS.stream().map(TracePage::resource).collect(Collectors.joining()));
    return Mustache.compiler().compile(resource("trace.html")).execute(context);
  }

  /**
   * As text of an element in HTML and XML alike: what begins or ends tags and entities is escaped.
   */
  private String json() {
    try {
      return JSON.writeValueAsString(data)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the page's numbers cannot be written as JSON", e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = TracePage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's " + name + " cannot be read", e);
    }
  }
}
