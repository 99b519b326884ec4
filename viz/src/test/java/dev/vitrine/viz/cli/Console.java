package dev.vitrine.viz.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What one command said, run in this process. */
record Console(int exit, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs a command. */
  static Console run(Object... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream complained = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true, UTF_8));
      System.setErr(new PrintStream(complained, true, UTF_8));
      int exit =
          CommandLineInterface.run(
              Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
      return new Console(exit, said.toString(UTF_8), complained.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** Runs a command that must succeed, and say nothing on standard error. */
  static Console fine(Object... arguments) {
    Console console = run(arguments);
    assertThat(console.err()).as("standard error of %s", List.of(arguments)).isEmpty();
    assertThat(console.exit()).as("exit code of %s", List.of(arguments)).isZero();
    return console;
  }

  /** Runs a command that must fail with this exit code, and say so in one line. */
  static String refused(int exit, Object... arguments) {
    Console console = run(arguments);
    String what = "what " + List.of(arguments) + " says";
    assertThat(console.err()).as(what).startsWith("vitrine: ").endsWith("\n");
    assertThat(console.err().lines()).as(what).hasSize(1);
    assertThat(console.out()).as("standard output of " + List.of(arguments)).isEmpty();
    assertThat(console.exit()).as("exit code; " + what + ": " + console.err()).isEqualTo(exit);
    return console.err().strip();
  }

  /** Standard output as JSON, all of it. */
  JsonNode json() {
    return parse(out);
  }

  static JsonNode json(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** A sample photograph. */
  static Path sample(String name) {
    return Path.of(System.getProperty("basedir", "."), "samples", name + ".png").normalize();
  }

  /** A small network that lies beside these tests, or the built-in Tiny VGG, as a file. */
  static Path network(String name, Path folder) {
    String resource =
        name.equals("tiny_vgg")
            ? "/dev/vitrine/weights/models/tiny_vgg.h5"
            : "/dev/vitrine/viz/cli/" + name + ".h5";
    try (InputStream in = Console.class.getResourceAsStream(resource)) {
      return Files.write(folder.resolve(name + ".h5"), in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the files in a folder, sorted; none if there is no folder. */
  static List<String> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
