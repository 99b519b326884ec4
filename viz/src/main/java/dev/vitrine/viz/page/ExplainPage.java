package dev.vitrine.viz.page;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plain page that shows one photograph's pictures side by side; they lie beside it. */
public final class ExplainPage {
  private final Map<String, Object> context = new LinkedHashMap<>();
  private final List<Map<String, Object>> rows = new ArrayList<>();
  private final List<Map<String, Object>> pictures = new ArrayList<>();

  /** A page about an image, as a model sees it. */
  public ExplainPage(String image, String model) {
    context.put("image", image);
    context.put("model", model);
    context.put("rows", rows);
    context.put("pictures", pictures);
  }

  /**
   * The photograph.
   *
   * @param file its name beside the page
   * @param about what is said of it
   */
  public void photograph(String file, String about) {
    context.put("photograph", link(file));
    context.put("about", about);
  }

  /**
   * One of the top classes.
   *
   * @param probability 0 to 1, or null if the network has none
   */
  public void row(String name, Double probability, double logit) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", name.replace('_', ' '));
    row.put(
        "score",
        probability == null
            ? String.format(Locale.ROOT, "logit %.2f", logit)
            : String.format(Locale.ROOT, "%.1f %%", 100 * probability));
    row.put(
        "width",
        probability == null ? null : String.format(Locale.ROOT, "%.1f", 100 * probability));
    rows.add(row);
  }

  /**
   * A picture.
   *
   * @param file its name beside the page
   */
  public void picture(String file, String title, String caption, String alternative) {
    Map<String, Object> picture = new LinkedHashMap<>();
    picture.put("file", link(file));
    picture.put("title", title);
    picture.put("caption", caption);
    picture.put("alternative", alternative);
    pictures.add(picture);
  }

  /** What it was made with: versions and the model's hash. */
  public void footer(String version, String hash, String backend) {
    context.put("version", version);
    context.put("hash", hash);
    context.put("backend", backend);
  }

  /** A file's name as a relative link. */
  private static String link(String file) {
    return URLEncoder.encode(file, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The page. */
  public String html() {
    context.put("hasRows", !rows.isEmpty());
    try (Reader template =
        new InputStreamReader(
            ExplainPage.class.getResourceAsStream("explain.html"), StandardCharsets.UTF_8)) {
      return Mustache.compiler().compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's template cannot be read", e);
    }
  }
}
