package dev.vitrine.viz.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.viz.shell.Session;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class ShellCommandTest {
  private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs");
  private static final Pattern OUTPUT =
      Pattern.compile("^```text \\S+\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static Console shell(String input, Object... arguments) {
    InputStream in = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(UTF_8)));
    try {
      return Console.run(arguments);
    } finally {
      System.setIn(in);
    }
  }

  /** What was printed, without JShell's greeting and its prompts. */
  private static List<String> said(Console console) {
    return console
        .out()
        .lines()
        .map(line -> line.replaceAll("^(jshell> ?)+", ""))
        .filter(line -> !line.isBlank() && !line.matches("\\|  (Welcome|For an intro|Goodbye).*"))
        .map(String::stripTrailing)
        .toList();
  }

  @Test
  void theLessonRunsAndPrintsWhatItSays() throws IOException {
    String lesson = Files.readString(DOCS.resolve("backprop-to-input.md"));
    String expected =
        OUTPUT.matcher(lesson).results().map(r -> r.group(1)).collect(Collectors.joining());
    Console console =
        shell("/open " + DOCS.resolve("backprop-to-input.jsh") + "\n/exit\n", "shell");
    assertThat(console.exit()).isZero();
    assertThat(said(console).stream().map(String::strip).toList())
        .isEqualTo(expected.lines().map(String::strip).toList());
  }

  @Test
  void theNetworkAndThePhotographAreThere() {
    Console console =
        shell(
            """
            System.out.println(model.name() + " on " + backend.name() + ": " + x.shape())
            System.out.println(network.layers().size() + " layers, " + picture.width() + " wide")
            try (Run run = network.forward(x)) { System.out.println(run.output().shape()); }
            """,
            "shell",
            Console.sample("coffee"),
            "--model",
            "tiny_vgg",
            "--device",
            "reference");
    assertThat(said(console))
        .containsSubsequence(
            "tiny_vgg on reference: [1, 64, 64, 3]", "13 layers, 64 wide", "[1, 10]");
    assertThat(console.err())
        .startsWith("vitrine: x [1, 64, 64, 3] is ")
        .contains("coffee.png as tiny_vgg takes it");
    assertThat(console.exit()).as("input that ends ends the shell").isZero();
    assertThatThrownBy(Session::current).hasMessageContaining("no shell is open");
  }

  @Test
  void whatTheShellLeavesOpenIsFreed() {
    Console console =
        shell(
            """
            Run run = network.forward(x, Listen.toOutput().withGradients())
            /exit 3
            """,
            "shell",
            "--model",
            "tiny_vgg");
    assertThat(console.exit()).as("what /exit was given").isEqualTo(3);
  }

  @Test
  void aMistakeIsJShellsToReportAndTheShellGoesOn() {
    Console console = shell("int a = 1 / 0;\nint b = 6 * 7;\n", "shell", "--model", "tiny_vgg");
    assertThat(console.out()).contains("ArithmeticException").contains("b ==> 42");
    assertThat(console.exit()).isZero();
  }

  @Test
  void aFileThatIsNotThereIsOneLine() {
    assertThat(Console.refused(1, "shell", "--model", "tiny_vgg", "nothing.png"))
        .contains("nothing.png");
    assertThat(Console.refused(2, "shell", "a.png", "b.png")).contains("one argument too many");
  }

  @Test
  void helpNamesTheVariables() {
    String help = Console.fine("shell", "--help").out().replaceAll("\\s+", " ");
    Matcher variables = Pattern.compile("model, network, backend, scope, picture").matcher(help);
    assertThat(variables.find()).isTrue();
  }
}
