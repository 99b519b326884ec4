package dev.vitrine.weights.image;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** The names of a network's classes, in the order of its outputs. */
public final class Labels {
  private static final Pattern SYNSET_LINE = Pattern.compile("(n\\d{8})\\s+(.+)");
  private static final int SUGGESTIONS = 5;

  private final String source;
  private final List<Label> labels;
  private final List<String> plainNames;

  /** Read when it is asked for first. */
  private static final class ImageNet {
    static final Labels LABELS = resource("imagenet.json");
  }

  private Labels(String source, List<Label> labels) {
    this.source = source;
    this.labels = List.copyOf(labels);
    this.plainNames = labels.stream().map(l -> plain(l.name())).toList();
  }

  /** ImageNet's 1000 classes, named and ordered as in Keras. */
  public static Labels imagenet() {
    return ImageNet.LABELS;
  }

  /** The ten classes of Tiny VGG. */
  public static Labels tinyVgg() {
    return resource("tiny_vgg.json");
  }

  /** Classes without names: class_0, class_1, ... */
  public static Labels numbered(int classes) {
    return new Labels(
        "no list of class names",
        IntStream.range(0, classes).mapToObj(i -> new Label(i, null, "class_" + i)).toList());
  }

  /**
   * Reads a list of class names: JSON as Keras writes it ({@code {"0": ["n01440764", "tench"],
   * ...}}), {@code {"0": "tench", ...}}, {@code ["tench", ...]}, or a text file with one name a
   * line, with or without a WordNet id before it.
   *
   * @throws BadInputException if there is no such file or it is no such list
   */
  public static Labels read(Path file) {
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + ": no such file, expected a list of class names", e);
    } catch (IOException e) {
      throw new BadInputException(
          file + ": cannot be read as a list of class names: " + e.getMessage(), e);
    }
  }

  public int size() {
    return labels.size();
  }

  /** The class of an output, from 0. */
  public Label get(int index) {
    return labels.get(index);
  }

  /**
   * These labels, if they are as many as a network has classes.
   *
   * @throws BadInputException if not; the message says both numbers
   */
  public Labels forClasses(int classes) {
    if (classes != labels.size()) {
      throw new BadInputException(
          String.format(
              "%s: names %d classes, the network has %d; give a list that fits with --labels",
              source, labels.size(), classes));
    }
    return this;
  }

  /**
   * The class that a user means: its number, its WordNet id, or its name, in which case and the
   * choice of spaces, hyphens and underscores do not matter.
   *
   * @throws BadInputException if there is none (the message lists the nearest names) or more than
   *     one (it lists them all)
   */
  public Label find(String wanted) {
    String text = wanted.strip();
    if (text.matches("-?\\d+")) {
      return byNumber(text);
    }
    String name = plain(text);
    List<Label> found =
        labels.stream()
            .filter(
                l -> text.equalsIgnoreCase(l.wordnet()) || plainNames.get(l.index()).equals(name))
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    if (found.isEmpty()) {
      throw new BadInputException(
          "class '" + text + "': " + source + " has no such class; near it are " + nearest(text));
    }
    throw new BadInputException(
        String.format(
            "class '%s' is not unique: %s; give the number%s",
            text, listed(found), found.get(0).wordnet() == null ? "" : " or the WordNet id"));
  }

  private Label byNumber(String text) {
    // Longer numbers than this would not fit an int, and no network has that many classes.
    int index = text.length() > 9 ? -1 : Integer.parseInt(text);
    if (index < 0 || index >= labels.size()) {
      throw new BadInputException(
          "class " + text + ": there is no such class, expected 0 to " + (labels.size() - 1));
    }
    return labels.get(index);
  }

  private String nearest(String text) {
    String wanted = plain(text);
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    // A name that holds the wanted one as a word (cat: tiger_cat) is nearer than any spelling.
    Comparator<Label> nearness =
        Comparator.comparingDouble(
            l ->
                -similarity.apply(wanted, plainNames.get(l.index()))
                    - ((" " + plainNames.get(l.index()) + " ").contains(" " + wanted + " ")
                        ? 1
                        : 0));
    return listed(labels.stream().sorted(nearness).limit(SUGGESTIONS).toList());
  }

  private static String listed(List<Label> labels) {
    return labels.stream().map(Label::toString).collect(Collectors.joining(", "));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[\\s_-]+", " ").strip();
  }

  private static Labels resource(String name) {
    try (InputStream in = Labels.class.getResourceAsStream("/dev/vitrine/weights/labels/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the class names " + name + " are not on the class path");
      }
      return parse(
          name.startsWith("imagenet") ? "ImageNet" : "Tiny VGG",
          new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Labels parse(String source, String text) {
    String content = text.startsWith("\ufeff") ? text.substring(1) : text;
    boolean json = content.stripLeading().startsWith("{") || content.stripLeading().startsWith("[");
    List<Label> labels = json ? fromJson(source, content) : fromLines(content);
    if (labels.isEmpty()) {
      throw new BadInputException(source + ": names no class, expected one name a line or JSON");
    }
    return new Labels(source, labels);
  }

  private static List<Label> fromLines(String text) {
    List<Label> labels = new ArrayList<>();
    for (String line : text.stripTrailing().lines().toList()) {
      Matcher synset = SYNSET_LINE.matcher(line.strip());
      labels.add(
          synset.matches()
              ? new Label(labels.size(), synset.group(1), synset.group(2))
              : new Label(labels.size(), null, line.strip()));
    }
    return text.isBlank() ? List.of() : labels;
  }

  private static List<Label> fromJson(String source, String text) {
    Object root = Json.read(source, text);
    List<Label> labels = new ArrayList<>();
    if (root instanceof List<?> list) {
      for (Object name : list) {
        labels.add(label(source, labels.size(), name));
      }
    } else if (root instanceof Map<?, ?> map) {
      for (int i = 0; i < map.size(); i++) {
        labels.add(label(source, i, map.get(Integer.toString(i))));
      }
    }
    return labels;
  }

  private static Label label(String source, int index, Object value) {
    if (value instanceof String name) {
      return new Label(index, null, name);
    }
    if (value instanceof List<?> pair
        && pair.size() == 2
        && pair.get(0) instanceof String wordnet
        && pair.get(1) instanceof String name) {
      return new Label(index, wordnet, name);
    }
    throw new BadInputException(
        String.format(
            "%s: class %d is %s, expected a name or [\"WordNet id\", \"name\"]",
            source, index, value == null ? "missing" : value));
  }

  /** Where the names come from, and how many there are. */
  @Override
  public String toString() {
    return labels.size() + " classes from " + source;
  }
}
