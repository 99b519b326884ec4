package dev.vitrine.viz.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.cli.CommandLineInterface;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lesson says what the tests run, what the kernels are, and what the commands draw. */
final class LessonTextTest {
  private static final Path ROOT = Lesson.DOCS.resolve("..").normalize();
  private static final Path PICTURES = Lesson.DOCS.resolve("lesson");
  private static final Pattern PICTURE = Pattern.compile("!\\[[^]]+]\\(lesson/([^)]+)\\)");
  private static final Pattern COMMAND =
      Pattern.compile("^    \\./vitrine (.*)$", Pattern.MULTILINE);
  private final Lesson lesson = Lesson.read();

  @Test
  void theSnippetsAreThoseThatTheTestRuns() {
    String source =
        Lesson.file(ROOT.resolve("viz/src/test/java/dev/vitrine/viz/lesson/LessonTest.java"));
    Map<String, String> run = new HashMap<>();
    Pattern marked =
        Pattern.compile("^ *// lesson (\\S+)\n(.*?)^ *// end$", Pattern.MULTILINE | Pattern.DOTALL);
    for (Matcher m = marked.matcher(source); m.find(); ) {
      run.put(m.group(1), Lesson.flush(m.group(2)));
    }
    Map<String, String> shown = new HashMap<>(lesson.snippets());
    shown.replaceAll((name, code) -> Lesson.flush(code));
    assertThat(shown).isEqualTo(run);
  }

  @Test
  void theScriptIsTheSnippetsInTheirOrder() {
    String script = Lesson.file(Lesson.DOCS.resolve("backprop-to-input.jsh"));
    List<String> code = script.lines().filter(l -> !l.isBlank() && !l.startsWith("//")).toList();
    assertThat(code)
        .isEqualTo(
            String.join("", lesson.snippets().values()).lines().filter(l -> !l.isBlank()).toList());
  }

  @Test
  void theKernelsAreOurs() throws IOException {
    StringBuilder kernels = new StringBuilder();
    Path folder = ROOT.resolve("kernels/src/main/resources/dev/vitrine/kernels");
    try (Stream<Path> files = Files.list(folder)) {
      files.filter(f -> f.toString().endsWith(".cu")).map(Lesson::file).forEach(kernels::append);
    }
    assertThat(lesson.of("cpp")).hasSize(5).allSatisfy(k -> assertThat(kernels).contains(k));
  }

  @Test
  void everyPictureIsMadeByTheCommandUnderIt(@TempDir Path folder) throws IOException {
    List<String> commands =
        COMMAND
            .matcher(lesson.text())
            .results()
            .map(r -> r.group(1))
            .filter(LessonTextTest::draws)
            .toList();
    List<String> pictures = found(PICTURE);
    assertThat(commands).hasSameSizeAs(pictures).hasSize(7);
    for (int i = 0; i < pictures.size(); i++) {
      Path out = folder.resolve("" + i);
      List<String> arguments = new ArrayList<>(List.of(commands.get(i).split(" ")));
      arguments.replaceAll(a -> a.startsWith("viz/") ? ROOT.resolve(a).toString() : a);
      arguments.addAll(List.of("--out", out.toString()));
      assertThat(CommandLineInterface.run(arguments.toArray(String[]::new)))
          .as(commands.get(i))
          .isZero();
      compare(PICTURES.resolve(pictures.get(i)), out);
    }
    try (Stream<Path> there = Files.list(PICTURES)) {
      assertThat(there.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(pictures);
    }
  }

  /** Apart from the shell itself, and from the page that draws no picture of this lesson. */
  private static boolean draws(String command) {
    return !command.startsWith("shell") && !command.startsWith("trace");
  }

  private List<String> found(Pattern pattern) {
    return pattern.matcher(lesson.text()).results().map((MatchResult r) -> r.group(1)).toList();
  }

  private static void compare(Path picture, Path out) throws IOException {
    assertThat(Files.size(picture)).as("bytes of %s", picture).isLessThan(150_000);
    boolean drawing = picture.toString().endsWith(".svg");
    Path made;
    try (Stream<Path> files = Files.list(out)) {
      String ending = drawing ? ".svg" : ".png";
      made = files.filter(f -> f.toString().endsWith(ending)).findFirst().orElseThrow();
    }
    if (drawing) {
      assertThat(outline(picture)).as("outline of %s", picture).isEqualTo(outline(made));
    } else {
      // WebP is not exact, nor is a gradient on another processor.
      assertThat(distance(Picture.read(picture), Picture.read(made)))
          .as("how far %s is from %s", picture, made)
          .isLessThan(picture.toString().endsWith(".png") ? 0.5 : 12);
    }
  }

  /** A drawing without its numbers, whose last digits are the processor's. */
  private static String outline(Path svg) {
    return Lesson.file(svg).replaceAll("[0-9.]+", "#");
  }

  /** The mean difference of two pictures' values, which are 0 to 255. */
  private static double distance(Picture a, Picture b) {
    assertThat(List.of(a.height(), a.width())).isEqualTo(List.of(b.height(), b.width()));
    byte[] first = a.bytes();
    byte[] second = b.bytes();
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += Math.abs((first[i] & 255) - (second[i] & 255));
    }
    return sum / first.length;
  }

  @Test
  void whatTheLessonLinksToIsThere() {
    Map<String, Boolean> there = new LinkedHashMap<>();
    found(Pattern.compile("]\\(([^)#:]+)\\)"))
        .forEach(link -> there.put(link, Files.exists(Lesson.DOCS.resolve(link))));
    assertThat(there).isNotEmpty().doesNotContainValue(false);
  }
}
