package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever goes wrong is one line that says what to do, and leaves nothing behind. */
final class WrongInputTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** Without it newer JDKs put a warning before the line. */
  private static final String NATIVES = "--enable-native-access=ALL-UNNAMED";

  @TempDir Path folder;

  @BeforeEach
  void layOutFiles() throws Exception {
    byte[] cat = Files.readAllBytes(sample("cat"));
    Files.write(folder.resolve("cat.png"), cat);
    Files.write(folder.resolve("half.png"), Arrays.copyOf(cat, cat.length / 2));
    Files.writeString(folder.resolve("text.png"), "no picture at all\n");
    Files.createFile(folder.resolve("empty.png"));
    BufferedImage dot = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    assertThat(ImageIO.write(dot, "png", folder.resolve("dot.png").toFile())).isTrue();
    Files.writeString(folder.resolve("text.h5"), "no network at all\n");
    byte[] network = Files.readAllBytes(Console.network("tiny_vgg", folder));
    Files.write(folder.resolve("half.h5"), Arrays.copyOf(network, network.length / 2));
    Files.writeString(folder.resolve("ten.json"), "{\"0\": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The command line itself: exit code 2.
        "2 | | a command is missing; see 'vitrine --help'",
        "2 | predct cat.png | no command 'predct', did you mean predict",
        "2 | predict | Missing required parameter: 'IMAGE'; see 'vitrine predict --help'",
        "2 | predict cat.png --resise crop | no option --resise, did you mean --resize",
        "2 | predict cat.png --top 0 | --top is 0; it must be 1 or more",
        "2 | predict cat.png --top many | 'many' is not an int",
        "2 | predict cat.png --model | Expected parameter for option '--model'",
        "2 | predict cat.png --precision fp16 | --precision is 'fp16'; it can be fp32 or tf32",
        "2 | predict cat.png --threads 0 | --threads is 0; it must be 1 or more",
        "2 | predict cat.png --device gpu | --device is 'gpu'; it can be auto, cpu, cuda",
        "2 | predict cat.png --device cuda:x | --device is 'cuda:x'",
        "2 | predict cat.png --resize big | expected one of bilinear, bicubic, nearest, crop",
        "2 | predict cat.png --preprocess odd | expected caffe, tf, torch, unit, none",
        "2 | attribute cat.png half.png | half.png' is one argument too many",
        "2 | attribute cat.png --method magic | known are gradient, gradient-x-input",
        "2 | attribute cat.png --target luck | --target is 'luck'; it can be logit or probability",
        "2 | attribute cat.png --unit conv_1_1 | it reads LAYER:CHANNEL",
        "2 | attribute cat.png --unit conv_1_1:1@2 | it reads LAYER:CHANNEL",
        "2 | attribute cat.png --unit conv_1_1:1 --class 1 | exclude each other",
        "2 | cam cat.png --method magic | known are cam, gradcam",
        "2 | attribute cat.png --unit conv_1_1:1@top9 --method occlusion | not for occlusion",
        "2 | activations | Missing required parameter: 'IMAGE'",
        "2 | activations cat.png --columns 0 | --columns is 0; it must be 1 or more",
        "2 | activations cat.png --scaling odd | it can be standardized or percentiles",
        "2 | activations cat.png --colors jet | colour map 'jet'",
        "2 | spikes cat.png --peaks 0 | --peaks is 0; it must be 1 or more",
        "2 | hypercolumn cat.png --size 0 | --size is 0; it must be 1 to 4096",
        "2 | filters --channels 5-2 | neither a number nor a range",
        "2 | filters --inputs x | neither a number nor a range",
        "2 | top-images | Missing required parameter: 'DIR'",
        "2 | top-images . --channels x | neither a number nor a range",
        "2 | attribute cat.png --unit relu_1_1:0@top0 --method guided | there is no top 0",
        "2 | cam cat.png --unit relu_1_1:0@top9 | name one, as in relu_1_1:0@max",
        // What it names: exit code 1.
        "1 | activations none.png | none.png: no such file",
        "1 | activations cat.png --layer conv | no such layer; near it are conv_",
        "1 | hypercolumn cat.png --layer flatten | no height and width",
        "1 | spikes half.png | half.png: a PNG file that ends too early",
        "1 | filters --layer flatten | no convolution",
        "1 | filters --layer conv_1_2 --channels 10 | has no filter 10: it has 0 to 9",
        "1 | attribute cat.png --unit relu_1_1:77@top9 --method guided | no channel 77",
        "1 | top-images cat.png | a file, expected a folder of photographs",
        "1 | top-images . --layer conv | no such layer; near it are conv_",
        "1 | predict none.png | none.png: no such file",
        "1 | predict cat.png half.png --json | half.png: a PNG file that ends too early",
        "1 | explain empty.png | empty.png: the file is empty, expected a picture",
        "1 | explain half.png | half.png: a PNG file that ends too early",
        "1 | explain dot.png | dot.png: 1 x 1 pixels, expected 2 x 2 at least",
        "1 | explain text.png | text.png: not a picture that can be read",
        "1 | explain . | a folder, expected a picture",
        "1 | explain cat.png --model text.h5 | is no HDF5 file, expected a Keras HDF5 file",
        "1 | explain cat.png --model half.h5 | half.h5",
        "1 | explain cat.png --model tiny_vg | built in are squeezenet, tiny_vgg",
        "1 | explain cat.png --model tiny_vgg.h5 | say it with --preprocess",
        "1 | explain cat.png --labels ten.json | ten.json: not JSON at line 1",
        "1 | explain cat.png --labels none.txt | none.txt: no such file",
        "1 | explain cat.png --class 10 | expected 0 to 9",
        "1 | explain cat.png --class pizzza | no such class; near it are 2 pizza",
        "1 | explain cat.png --unit relu_9_9:0 | no such layer; near it are relu_",
        "1 | explain cat.png --unit conv_1_1:10 | no channel 10: it has 0 to 9",
        "1 | explain cat.png --unit conv_1_1:9@62,0 | no position 62,0: its map is 62 by 62",
        "1 | cam cat.png --layer conv | no such layer; near it are conv_",
        "1 | cam cat.png --layer flatten | no height and width",
        "1 | attribute cat.png --device cuda | --device",
      })
  void isOneLine(int exit, String command, String says) {
    Path out = folder.resolve("out");
    String said = refused(exit, words(command, out));

    assertThat(said).contains(says).doesNotContain("Exception", "an error of ours");
    assertThat(out).doesNotExist();
  }

  /** The command on Tiny VGG, its files in the test's folder. */
  private Object[] words(String command, Path out) {
    if (command == null) {
      return new Object[0];
    }
    StringBuilder line = new StringBuilder();
    for (String word : command.split(" ", -1)) {
      boolean file = word.matches(".*\\.(png|h5|json|txt)|\\.");
      line.append(file ? folder.resolve(word) : word).append('\n');
    }
    if (!command.contains("--model")) {
      line.append("--model\ntiny_vgg\n");
    }
    line.append("--out\n").append(out);
    return (Object[]) line.toString().split("\n");
  }

  @Test
  void theAnswersBeforeABadPhotographStand() {
    Console console =
        Console.run("predict", "--model=tiny_vgg", sample("coffee"), folder.resolve("none.png"));

    assertThat(console.exit()).isEqualTo(1);
    assertThat(console.out()).contains("63.53 %  espresso (6)");
    assertThat(console.err().lines()).singleElement().asString().endsWith("none.png: no such file");
  }

  @Test
  void aFolderThatIsAFileIsRefused() {
    Path file = folder.resolve("text.png");
    assertThat(refused(1, "cam", sample("cat"), "--model=tiny_vgg", "-o", file))
        .contains("a file, expected a folder");
    assertThat(refused(1, "cam", sample("cat"), "--model=tiny_vgg", "-o", file.resolve("below")))
        .contains("cannot be made", "--out");
    assertThat(file).hasContent("no picture at all\n");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFileThatFindsNoRoomIsOneLineAndNothingHalfWrittenStays() throws Exception {
    Console.fine("predict", "--model=tiny_vgg", sample("cat")); // the natives are unpacked by now
    Path out = Files.createDirectory(folder.resolve("out"));
    Path older = Files.writeString(out.resolve("cat-gradcam.png"), "older");
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "ulimit -f 64; exec \"$@\"",
                "sh",
                JAVA,
                NATIVES,
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.vitrine.viz.Vitrine",
                "cam",
                sample("cat").toString(),
                "--model=tiny_vgg",
                "--out=" + out)
            .start();

    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8).lines())
        .singleElement()
        .asString()
        .matches("vitrine: .*cat-gradcam.png cannot be written: .*; choose another .* --out");
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(Console.files(out)).containsExactly("cat-gradcam.png");
    assertThat(older).hasContent("older");
  }

  @Test
  void aResultThatDoesNotArriveOnStandardOutputIsAFailure() throws Exception {
    File full = new File("/dev/full");
    assumeTrue(full.exists(), "there is no /dev/full here");
    Process process =
        new ProcessBuilder(
                JAVA,
                NATIVES,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.vitrine.viz.Vitrine",
                "summary",
                "--model=tiny_vgg")
            .redirectOutput(full)
            .start();

    assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("vitrine: standard output cannot be written to");
    assertThat(process.waitFor()).isEqualTo(1);
  }

  @Test
  void aStackTraceComesWithVerboseOnly() {
    Console quiet = Console.run("predict", folder.resolve("none.png"));
    Console failed = Console.run("predict", folder.resolve("none.png"), "--verbose");
    Console wrong = Console.run("--verbose", "predict", "--nonsense");

    assertThat(quiet.err()).doesNotContain("\tat ");
    assertThat(failed.err())
        .startsWith(quiet.err())
        .contains("BadInputException", "\tat dev.vitrine.");
    assertThat(failed.exit()).isEqualTo(1);
    assertThat(wrong.err()).contains("\tat picocli.");
    assertThat(wrong.exit()).isEqualTo(2);
  }

  @Test
  void everyCommandHasHelp() {
    for (String command :
        new String[] {
          "explain",
          "predict",
          "attribute",
          "cam",
          "activations",
          "filters",
          "hypercolumn",
          "spikes",
          "top-images",
          "trace",
          "summary",
          "devices"
        }) {
      assertThat(Console.fine(command, "--help").out()).contains("Usage: vitrine " + command);
    }
    assertThat(Console.fine("--help").out()).contains("explain", "predict", "devices");
    assertThat(Console.fine("--version").out()).startsWith("vitrine ");
  }

  @Test
  void theEnvironmentNamesTheModelUnlessAnOptionDoes() throws Exception {
    assertThat(withEnvironment("tiny_vgg")).contains("tiny_vgg: 19,920 parameters");
    assertThat(withEnvironment(" ")).contains("squeezenet: 1,248,424 parameters");
    assertThat(withEnvironment("nonsense", "--model", "tiny_vgg")).contains("tiny_vgg: ");
  }

  private String withEnvironment(String model, String... options) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            JAVA,
            NATIVES,
            "-cp",
            System.getProperty("java.class.path"),
            "dev.vitrine.viz.Vitrine",
            "summary");
    builder.command().addAll(Arrays.asList(options));
    builder.environment().put("VITRINE_MODEL", model);
    Path out = folder.resolve("out.txt");
    Process process = builder.redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return Files.readString(out, UTF_8);
  }
}
