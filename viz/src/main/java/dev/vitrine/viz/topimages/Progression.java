package dev.vitrine.viz.topimages;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.viz.topimages.Ranking.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far a survey has come, as it lies on disk between runs.
 *
 * @param about what was surveyed, by name: another run goes on only where all of it is the same
 * @param done how many files
 * @param unreadable the files that were no pictures, with their reasons
 * @param channels of each channel its images
 * @param drawn the channels whose pictures are there
 */
public record Progression(
    Map<String, String> about,
    int done,
    Map<String, String> unreadable,
    List<List<Entry>> channels,
    Set<Integer> drawn) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies what it is given. */
  public Progression {
    channels = List.copyOf(channels);
    drawn = Set.copyOf(drawn);
  }

  /** The state of a survey. */
  public static Progression of(
      Map<String, String> about,
      int done,
      Map<String, String> unreadable,
      Ranking ranking,
      Set<Integer> drawn) {
    List<List<Entry>> channels = new ArrayList<>();
    for (int c = 0; c < ranking.channels(); c++) {
      channels.add(ranking.of(c));
    }
    return new Progression(about, done, unreadable, channels, drawn);
  }

  /** Reads one; empty if the text is none. */
  public static Optional<Progression> parse(String text) {
    try {
      Progression read = JSON.readValue(text, Progression.class);
      return read.about == null || read.unreadable == null ? Optional.empty() : Optional.of(read);
    } catch (JsonProcessingException | NullPointerException e) {
      return Optional.empty(); // of another version, or no such file at all: begun again
    }
  }

  /** As text. */
  public String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the survey's state cannot be written as JSON", e);
    }
  }

  /** What is not the same any more, in words; empty if everything is. */
  public String changed(Map<String, String> now) {
    Set<String> names = new HashSet<>(now.keySet());
    names.addAll(about.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(now.get(name), about.get(name)))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  /** The ranking so far. */
  public Ranking ranking(int most) {
    Ranking ranking = new Ranking(channels.size(), most);
    for (int c = 0; c < channels.size(); c++) {
      for (Entry entry : channels.get(c)) {
        ranking.offer(c, entry);
      }
    }
    return ranking;
  }
}
