package dev.vitrine.viz.page;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * A method in words.
 *
 * @param title as a heading
 * @param paper authors and year, empty where there is none
 * @param says what its picture says, one sentence
 * @param saysNot what it does not say
 */
public record MethodNote(String title, String paper, String says, String saysNot) {
  private static final Map<String, MethodNote> ALL = read();

  private static Map<String, MethodNote> read() {
    try (InputStream in = MethodNote.class.getResourceAsStream("methods.json")) {
      return new ObjectMapper().readValue(in, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException("the methods' notes cannot be read", e);
    }
  }

  /**
   * The note of a method, by the command line's name, or of a preset of {@code maximize}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static MethodNote of(String method) {
    MethodNote note = ALL.get(method);
    if (note == null) {
      throw new IllegalArgumentException("method " + method + " has no note in methods.json");
    }
    return note;
  }
}
