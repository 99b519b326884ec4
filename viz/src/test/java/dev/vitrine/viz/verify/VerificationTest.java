package dev.vitrine.viz.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.viz.verify.Check.Verdict;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.Zoo;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerificationTest {
  private static final String CHANNELS = "red and blue are swapped";
  private static final String KERNELS = "rotated by 180 degrees";
  private static final String ROWS = "dense rows after the flattening";

  @TempDir Path folder;

  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.open("cpu", false, note -> {});
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private static Expectation zoo(String name) {
    return Expectation.of(Zoo.find(name).orElseThrow());
  }

  private static Overrides prepared(String how) {
    return new Overrides(Optional.of(Preprocessing.parse(how)), Optional.of(Labels.tinyVgg()));
  }

  /** Tiny VGG with parts of its weights in another order. */
  private final class TinyVgg {
    private final byte[] file;

    TinyVgg() throws IOException {
      try (InputStream in =
          getClass().getResourceAsStream("/dev/vitrine/weights/models/tiny_vgg.h5")) {
        file = in.readAllBytes();
      }
    }

    /** Rewrites every weight of which the name ends so: the part at i comes from source(i). */
    TinyVgg reorder(String suffix, int rank, int parts, IntUnaryOperator source) {
      int found = 0;
      try (Model whole = Models.open("tiny_vgg", backend, Overrides.NONE)) {
        for (Parameter p : whole.network().parameters()) {
          if (!p.name().endsWith(suffix) || p.value().shape().rank() != rank) {
            continue;
          }
          float[] values = p.value().toFloats();
          float[] moved = new float[values.length];
          int length = values.length / parts;
          for (int i = 0; i < parts; i++) {
            System.arraycopy(values, source.applyAsInt(i) * length, moved, i * length, length);
          }
          int at = indexOf(bytes(values));
          assertThat(at).as("where %s lies in the file", p.name()).isPositive();
          byte[] replaced = bytes(moved);
          System.arraycopy(replaced, 0, file, at, replaced.length);
          found++;
        }
      }
      assertThat(found).isPositive();
      return this;
    }

    TinyVgg rotateKernels() {
      return reorder("/kernel", 4, 9, i -> 8 - i);
    }

    TinyVgg rowsChannelByChannel() {
      int pixels = 13 * 13;
      return reorder("/kernel", 2, 10 * pixels, i -> i % pixels * 10 + i / pixels);
    }

    private int indexOf(byte[] part) {
      for (int at = 0; at + part.length <= file.length; at++) {
        int i = 0;
        while (i < part.length && file[at + i] == part[i]) {
          i++;
        }
        if (i == part.length) {
          return at;
        }
      }
      return -1;
    }

    private byte[] bytes(float[] values) {
      ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      return bytes.array();
    }

    List<Check> verified(String preprocess) throws IOException {
      Path path = Files.write(folder.resolve("broken.h5"), file);
      try (Model model = Models.open(path.toString(), backend, prepared(preprocess))) {
        return Verification.of(model, zoo("tiny_vgg"), true, note -> {});
      }
    }
  }

  private static Check only(List<Check> checks, String name) {
    return checks.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aNetworkThatWorksPassesEveryCheck() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      List<Check> checks = Verification.of(model, zoo("tiny_vgg"), false, note -> {});

      assertThat(checks).noneMatch(c -> c.verdict() == Verdict.WRONG);
      assertThat(checks)
          .filteredOn(c -> c.verdict() == Verdict.FINE)
          .extracting(Check::name)
          .contains("hash", "shapes", "numbers", "answer", "reference");
      assertThat(only(checks, "shapes").what()).contains("19,920");
    }
  }

  @Test
  void otherWeightsForAKnownStructureNeedNotHaveItsHash() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Expectation other = Expectation.ofStructure(Zoo.find("squeezenet").orElseThrow());

      Check hash = only(Verification.of(model, other, true, note -> {}), "hash");

      assertThat(hash.verdict()).isEqualTo(Verdict.SKIPPED);
      assertThat(hash.what()).contains("not that of the squeezenet");
    }
  }

  @Test
  void rotatedKernelsAreNamed() throws IOException {
    List<Check> checks = new TinyVgg().rotateKernels().verified("unit");

    assertThat(only(checks, "hash").verdict()).isEqualTo(Verdict.WRONG);
    assertThat(only(checks, "reason").what())
        .contains(KERNELS)
        .doesNotContain(CHANNELS)
        .doesNotContain(ROWS);
  }

  @Test
  void denseRowsInTheWrongOrderAreNamed() throws IOException {
    assertThat(only(new TinyVgg().rowsChannelByChannel().verified("unit"), "reason").what())
        .contains(ROWS)
        .doesNotContain(KERNELS);
  }

  @Test
  void twoThingsInTheWrongOrderAreBothNamed() throws IOException {
    assertThat(
            only(new TinyVgg().rotateKernels().rowsChannelByChannel().verified("unit"), "reason")
                .what())
        .contains(KERNELS, ROWS)
        .doesNotContain(CHANNELS);
  }

  @Test
  void swappedChannelsAreNamed() throws IOException {
    assertThat(only(new TinyVgg().verified("scale=1/255;order=bgr"), "reason").what())
        .contains(CHANNELS)
        .doesNotContain(KERNELS);
  }

  @Test
  void anotherPreprocessingIsNamed() throws IOException {
    assertThat(only(new TinyVgg().verified("tf"), "reason").what())
        .contains("prepared wrongly", "--preprocess unit");
  }

  @Test
  void aWrongAnswerThatNoOrderExplainsIsCalledDamage() throws IOException {
    assertThat(
            only(
                    new TinyVgg().reorder("/bias", 1, 10, i -> (i + 3) % 10).verified("unit"),
                    "reason")
                .what())
        .contains("no wrong order");
  }

  @Test
  void theWeightsAreAfterwardsAsTheyWere() {
    try (Model model = Models.open("tiny_vgg", backend, prepared("tf"))) {
      List<float[]> before =
          model.network().parameters().stream().map(p -> p.value().toFloats()).toList();

      assertThat(Verification.of(model, zoo("tiny_vgg"), true, note -> {}))
          .anyMatch(c -> c.name().equals("reason"));

      for (int i = 0; i < before.size(); i++) {
        assertThat(model.network().parameters().get(i).value().toFloats()).isEqualTo(before.get(i));
      }
    }
  }

  @Test
  void squeezeNetWithRotatedKernelsSeesNoCat() {
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE)) {
      model.network().train();
      Breakage.KERNELS.undo(
          model.network(), model.network().shapes(Shape.of(1, 227, 227, 3)), true);
      model.network().freeze();

      List<Check> checks = Verification.of(model, zoo("squeezenet"), true, note -> {});

      assertThat(only(checks, "answer").verdict()).isEqualTo(Verdict.WRONG);
      assertThat(only(checks, "answer").what()).contains("expected Egyptian_cat (0.8151)");
      assertThat(only(checks, "reason").what()).contains(KERNELS);
    }
  }

  @Test
  void numbersThatAreNotFiniteAreCounted() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Parameter bias = model.network().parameters().get(1);
      model.network().train();
      backend.upload(
          bias.value().buffer(), 3, new float[] {Float.NaN, Float.POSITIVE_INFINITY}, 0, 2);
      model.network().freeze();

      Check numbers = only(Verification.of(model, Expectation.NONE, true, note -> {}), "numbers");

      assertThat(numbers.verdict()).isEqualTo(Verdict.WRONG);
      assertThat(numbers.what()).contains(bias.name() + " (2 of 10)");
    }
  }

  @Test
  void otherParametersThanTheZoosAreFound() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      List<Check> checks = Verification.of(model, zoo("vgg16"), true, note -> {});

      assertThat(only(checks, "shapes").what()).contains("19,920", "vgg16 has 138,357,544");
      assertThat(only(checks, "hash").what()).contains("64373286793e3c8b2b4e3219cbf3544b");
    }
  }
}
