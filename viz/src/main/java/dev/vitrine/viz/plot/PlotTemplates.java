package dev.vitrine.viz.plot;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The plots' drawings, and the parts of them that a page takes in. */
public final class PlotTemplates {
  private PlotTemplates() {}

  /** A part of a plot by its name, for a page's template to take in. */
  public static Reader open(String name) {
    return new InputStreamReader(
        PlotTemplates.class.getResourceAsStream(name), StandardCharsets.UTF_8);
  }

  static String render(String name, Object context) {
    try (Reader template = open(name)) {
      return Mustache.compiler().withLoader(PlotTemplates::open).compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the plot's template cannot be read", e);
    }
  }
}
