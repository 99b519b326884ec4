package dev.vitrine.viz.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page on which every method's picture of one photograph can be chosen by method, class and
 * layer. The pictures lie in a folder beside it and load when they are looked at; it opens from
 * disk.
 */
public final class AtlasPage {
  private final Map<String, Object> context = new LinkedHashMap<>();
  private final Map<String, Object> data = new LinkedHashMap<>();

  /** A tab. */
  public record Group(String id, String title) {}

  /** A class that can be chosen. */
  public record Target(String id, String name) {}

  /** A number that a method tells, in words. */
  public record Figure(String name, String value) {}

  /**
   * A picture.
   *
   * @param group the tab's id
   * @param method by the command line's name
   * @param target the class' id, null where it makes no difference
   * @param layer null where it makes no difference
   * @param file relative to the page
   * @param heat a map to be laid over the photograph, relative to the page; null for none
   * @param command what makes it
   */
  public record Entry(
      String group,
      String method,
      String target,
      String layer,
      String file,
      String heat,
      String command,
      List<Figure> figures) {
    Map<String, Object> data() {
      MethodNote note = MethodNote.of(method);
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("group", group);
      data.put("method", method);
      data.put("class", target);
      data.put("layer", layer);
      data.put("file", file);
      data.put("heat", heat);
      data.put("command", command);
      data.put("figures", figures);
      data.put("title", note.title());
      data.put("paper", note.paper());
      data.put("says", note.says());
      data.put("saysNot", note.saysNot());
      data.put("alternative", note.title() + ": " + note.says());
      return data;
    }
  }

  /**
   * Begins.
   *
   * @param folder where the pictures lie, relative to the page
   * @param about what is said of the photograph
   */
  public AtlasPage(String image, String model, String folder, String about) {
    context.put("image", image);
    context.put("model", model);
    context.put("folder", folder);
    context.put("about", about);
  }

  /**
   * The photograph.
   *
   * @param file relative to the page
   * @param seen the part of it that the network sees, in its pixels
   */
  public void photograph(String file, Picture photograph, Resize.Region seen) {
    int h = photograph.height();
    int w = photograph.width();
    context.put("photograph", file);
    context.put("ratio", String.format(Locale.ROOT, "%.4f", (double) w / h));
    context.put("top", percent(seen.top(), h));
    context.put("left", percent(seen.left(), w));
    context.put("seenWidth", percent(seen.width(), w));
    context.put("seenHeight", percent(seen.height(), h));
  }

  private static String percent(double part, double of) {
    return String.format(Locale.ROOT, "%.3f%%", 100 * part / of);
  }

  /**
   * What can be chosen.
   *
   * @param layers from early to late
   */
  public void choices(
      List<Group> groups, List<Target> targets, List<String> layers, List<Entry> entries) {
    data.put("groups", groups);
    data.put("classes", targets);
    data.put("layers", layers);
    data.put("entries", entries.stream().map(Entry::data).toList());
  }

  /** What it was made with: versions and the model's hash. */
  public void footer(String version, String hash, String backend) {
    context.put("version", version);
    context.put("hash", hash);
    context.put("backend", backend);
  }

  /** The page. */
  public String html() {
    try (Reader template =
        new InputStreamReader(
            AtlasPage.class.getResourceAsStream("atlas.html"), StandardCharsets.UTF_8)) {
      // No text in it may end the script that holds it.
      context.put("data", new ObjectMapper().writeValueAsString(data).replace("<", "\\u003c"));
      return Mustache.compiler().compile(template).execute(context);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the atlas' entries cannot be written as JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's template cannot be read", e);
    }
  }
}
