package dev.vitrine.viz.lesson;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code docs/backprop-to-input.md}, taken apart. A fence's first line says the language and what
 * the block is called: {@code java NAME} is a snippet, {@code text NAME} is what it prints.
 */
record Lesson(String text, List<Block> blocks) {
  static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs").normalize();
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w+)(?: (\\S+))?\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** A fenced block; the name is null if it has none. */
  record Block(String language, String name, String body) {}

  static Lesson read() {
    String text = file(DOCS.resolve("backprop-to-input.md"));
    List<Block> blocks = new ArrayList<>();
    for (Matcher m = FENCE.matcher(text); m.find(); ) {
      blocks.add(new Block(m.group(1), m.group(2), m.group(3)));
    }
    return new Lesson(text, blocks);
  }

  List<String> of(String language) {
    return blocks.stream().filter(b -> b.language().equals(language)).map(Block::body).toList();
  }

  /** The snippets by name, in order. */
  Map<String, String> snippets() {
    Map<String, String> snippets = new LinkedHashMap<>();
    for (Block b : blocks) {
      if (b.language().equals("java") && snippets.put(b.name(), b.body()) != null) {
        throw new IllegalStateException("two snippets are called " + b.name());
      }
    }
    return snippets;
  }

  /** What a snippet prints, and nothing where the lesson says nothing. */
  String output(String name) {
    return blocks.stream()
        .filter(b -> b.language().equals("text") && name.equals(b.name()))
        .map(Block::body)
        .findFirst()
        .orElseThrow(() -> new NoSuchElementException("the lesson has no output of " + name));
  }

  /** Everything that the lesson says it prints. */
  String output() {
    return String.join("", of("text"));
  }

  static String file(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without indentation, which differs from place to place. */
  static String flush(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n")).strip();
  }
}
