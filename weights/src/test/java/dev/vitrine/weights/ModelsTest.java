package dev.vitrine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {
  private Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.open("cpu", false, line -> {});
  }

  @AfterEach
  void nothingIsLeftAlive() {
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after the test").isZero();
  }

  @Test
  void squeezeNetIsBuiltIn() {
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE)) {
      assertThat(model.network().parameterCount()).isEqualTo(1_248_424);
      assertThat(model.inputSize()).containsExactly(227, 227);
      assertThat(model.classes()).isEqualTo(1000);
      assertThat(model.logitsLayer()).contains("pool10");
      assertThat(model.hasProbabilities()).isTrue();
      assertThat(model.preprocessing())
          .isEqualTo(Preprocessing.parse("mean=123,117,104;order=bgr"));
      assertThat(model.labels().orElseThrow().get(285).name()).isEqualTo("Egyptian_cat");
      List<String> names = model.network().layers().stream().map(Layer::name).toList();
      assertThat(names)
          .hasSize(67)
          .startsWith("conv1.pre", "conv1", "pool1", "fire2_squeeze1x1.pre", "fire2_squeeze1x1")
          .endsWith("drop9", "pad10", "conv10.pre", "conv10", "pool10", "loss");
      Map<String, Shape> shapes = model.network().shapes(model.network().inputShape());
      assertThat(shapes)
          .containsEntry("conv1", Shape.of(1, 111, 111, 96))
          .containsEntry("fire9_concat", Shape.of(1, 13, 13, 512))
          .containsEntry("conv10", Shape.of(1, 15, 15, 1000))
          .containsEntry("pool10", Shape.of(1, 1000));
    }
  }

  @Test
  void tinyVggIsBuiltIn() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      assertThat(model.network().parameterCount()).isEqualTo(19_920);
      assertThat(model.network().layers())
          .extracting(Layer::name)
          .containsExactly(
              "conv_1_1",
              "relu_1_1",
              "conv_1_2",
              "relu_1_2",
              "max_pool_1",
              "conv_2_1",
              "relu_2_1",
              "conv_2_2",
              "relu_2_2",
              "max_pool_2",
              "flatten",
              "output.pre",
              "output");
      assertThat(model.logitsLayer()).contains("output.pre");
      assertThat(model.preprocessing()).isEqualTo(Preprocessing.UNIT);
      assertThat(model.labels().orElseThrow().get(2).name()).isEqualTo("pizza");
    }
  }

  @Test
  void squeezeNetSeesWhatItSeesInKeras() {
    Path cat = Path.of(System.getProperty("basedir", "."), "../viz/samples/cat.png");
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Picture picture = Resize.BILINEAR.apply(Picture.read(cat), 227, 227);
      float[] x = model.preprocessing().apply(picture);
      try (Run run = model.network().forward(scope.of(Shape.of(1, 227, 227, 3), x))) {
        float[] p = run.output().toFloats();
        assertThat(p[285]).as("Egyptian cat").isCloseTo(0.8151f, within(1e-3f));
        assertThat(p[282]).as("tiger cat").isCloseTo(0.0916f, within(1e-3f));
        assertThat(p[281]).as("tabby").isCloseTo(0.0758f, within(1e-3f));
      }
    }
  }

  @Test
  void tinyVggComputesWhatItDoesInKeras() {
    Map<String, Npy> goldens =
        Npy.readArchive("goldens", getClass().getResourceAsStream("keras/goldens.npz"));
    Npy x = goldens.get("tiny_vgg:x");
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE);
        Scope scope = new Scope(backend);
        Run run =
            model
                .network()
                .forward(
                    scope.of(Shape.of(x.shape()), x.floats()),
                    Listen.to(model.logitsLayer().orElseThrow()))) {
      assertThat(run.output("output.pre").toFloats())
          .containsExactly(goldens.get("tiny_vgg:output.pre").floats(), within(1e-4f));
      assertThat(run.output().toFloats())
          .containsExactly(goldens.get("tiny_vgg:output").floats(), within(1e-5f));
    }
  }

  @Test
  void theHashIsThatOfTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("copy.h5");
    Files.copy(getClass().getResourceAsStream("models/tiny_vgg.h5"), file);
    try (Model builtIn = Models.open("tiny_vgg", backend, Overrides.NONE);
        Model copy = Models.open(file.toString(), backend, Overrides.NONE)) {
      assertThat(builtIn.hash())
          .isEqualTo("a32eb0c3777752ae1788ab5c8acccc5546627ecb19a25b661b27bf522a154b39")
          .isEqualTo(copy.hash());
      assertThat(copy.name()).isEqualTo("copy");
    }
  }

  @Test
  void theHashOfAFileThatHasChangedIsRefused(@TempDir Path folder) throws IOException {
    Path file = fixture(folder, "sequential.h5");
    try (Model model = Models.open(file.toString(), backend, Overrides.NONE)) {
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
      assertThatThrownBy(model::hash)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("has changed since the model was loaded");
    }
  }

  @Test
  void aUsersFileAsksForWhatItDoesNotSay(@TempDir Path folder) throws IOException {
    Path file = fixture(folder, "functional.h5");
    try (Model model = Models.open(file.toString(), backend, Overrides.NONE)) {
      assertThat(model.hasPreprocessing()).isFalse();
      assertThat(model.labels()).isEmpty();
      assertThatThrownBy(model::preprocessing)
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("say it with --preprocess");
    }
  }

  @Test
  void whatTheUserSaysGoesBeforeWhatTheModelBrings() {
    Labels numbered = Labels.numbered(10);
    Overrides said = new Overrides(Optional.of(Preprocessing.TF), Optional.of(numbered));
    try (Model model = Models.open("tiny_vgg", backend, said)) {
      assertThat(model.preprocessing()).isEqualTo(Preprocessing.TF);
      assertThat(model.labels()).contains(numbered);
    }
  }

  @Test
  void labelsThatAreNotAsManyAsTheClassesAreRefused() {
    Overrides said = new Overrides(Optional.empty(), Optional.of(Labels.numbered(9)));
    assertThatThrownBy(() -> Models.open("tiny_vgg", backend, said).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("names 9 classes, the network has 10");
  }

  @Test
  void aSingleSigmoidStandsForTwoClasses(@TempDir Path folder) throws IOException {
    Path file = fixture(folder, "sequential.h5");
    try (Model model = Models.open(file.toString(), backend, Overrides.NONE)) {
      assertThat(model.inputSize()).containsExactly(0, 0);
      assertThat(model.hasClasses()).isTrue();
      assertThat(model.classes()).isEqualTo(2);
      assertThat(model.logitsLayer()).contains("yes.pre");
    }
  }

  @Test
  void aNetworkThatEndsInAConvolutionHasMapsAndNoProbabilities(@TempDir Path folder)
      throws IOException {
    Path file = fixture(folder, "plain.h5");
    try (Model model = Models.open(file.toString(), backend, Overrides.NONE)) {
      assertThat(model.hasProbabilities()).isFalse();
      assertThat(model.hasClasses()).isFalse();
      assertThat(model.logitsLayer()).contains("conv");
    }
  }

  @Test
  void aModelThatIsNeitherBuiltInNorAFileIsRefused() {
    assertThatThrownBy(() -> Models.open("squeezenett", backend, Overrides.NONE).close())
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "model 'squeezenett': there is no such file and no such model; "
                + "built in are squeezenet, tiny_vgg, and fetch brings vgg16, vgg16-notop,"
                + " vgg19, inception_v3, resnet50, xception");
  }

  private Path fixture(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    Files.copy(getClass().getResourceAsStream("keras/files/" + name), file);
    return file;
  }
}
