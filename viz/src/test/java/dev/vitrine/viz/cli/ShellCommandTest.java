package dev.vitrine.viz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.viz.Vitrine;
import dev.vitrine.viz.shell.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShellCommandTest {
  private static final Path DOCS = Path.of(System.getProperty("basedir", "."), "..", "docs");
  private static final Pattern OUTPUT =
      Pattern.compile("^```text \\S+\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @TempDir Path folder;

  /**
   * Runs the command in a process of its own, as its users do; in a test's JShell would not end.
   */
  private Console shell(String input, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Djdk.console=java.base", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Vitrine.class.getName(), "shell"));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Files.writeString(folder.resolve("in"), input).toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the shell ends").isTrue();
      return new Console(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      process.destroyForcibly();
    }
  }

  /** What was printed, without JShell's greeting and its prompts. */
  private static List<String> said(Console console) {
    return console
        .out()
        .lines()
        .map(line -> line.replaceAll("^(jshell>[ \b]*)+", ""))
        .filter(line -> !line.isBlank() && !line.matches("\\|  (Welcome|For an intro|Goodbye).*"))
        .map(String::strip)
        .toList();
  }

  @Test
  void theLessonRunsAndPrintsWhatItSays() throws Exception {
    String lesson = Files.readString(DOCS.resolve("backprop-to-input.md"));
    String expected =
        OUTPUT.matcher(lesson).results().map(r -> r.group(1)).collect(Collectors.joining());
    Console console = shell("/open " + DOCS.resolve("backprop-to-input.jsh") + "\n/exit\n");
    assertThat(console.exit()).isZero();
    assertThat(said(console)).isEqualTo(expected.lines().map(String::strip).toList());
  }

  @Test
  void theNetworkAndThePhotographAreThere() throws Exception {
    Console console =
        shell(
            """
            System.out.println(model.name() + " on " + backend.name() + ": " + x.shape())
            System.out.println(network.layers().size() + " layers, " + picture.width() + " wide")
            try (Run run = network.forward(x)) { System.out.println(run.output().shape()); }
            """,
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
  void theExitCodeIsWhatExitWasGiven() throws Exception {
    Console console =
        shell(
            """
            Run run = network.forward(x, Listen.toOutput().withGradients())
            /exit 3
            """,
            "--model",
            "tiny_vgg");
    assertThat(console.exit()).as("what /exit was given").isEqualTo(3);
  }

  @Test
  void aMistakeIsJShellsToReportAndTheShellGoesOn() throws Exception {
    Console console = shell("int a = 1 / 0;\nint b = 6 * 7;\n", "--model", "tiny_vgg");
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
