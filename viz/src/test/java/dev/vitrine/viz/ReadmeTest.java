package dev.vitrine.viz;

import static dev.vitrine.engine.op.Functions.relu;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the README shows is what runs here. */
class ReadmeTest {

  @Test
  @SuppressWarnings("try") // a hook works by being open
  void theExampleIsGuidedBackpropagation() {
    float[] map;
    // README
    try (Backend backend = Backends.open("auto", false, System.err::println);
        Model model = Models.open("squeezenet", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Network network = model.network();
      Picture picture = Resize.BILINEAR.apply(Picture.read(Path.of("samples/cat.png")), 227, 227);
      Tensor x = scope.of(Shape.of(1, 227, 227, 3), model.preprocessing().apply(picture));
      Objective cat = new ClassScore("pool10", 285, 1000, false);
      try (Hook guided = network.onBackward(Relu.class, c -> relu(c.gradInput()));
          Run run = network.forward(x, Listen.to("pool10").withGradients())) {
        Tensor logits = run.output("pool10");
        map = run.backward(Map.of(logits, cat.seed(run)), List.of(x)).at(x).toFloats();
      }
    }
    // end
    assertThat(map).isEqualTo(byRule());
    assertThat(map).isNotEqualTo(new float[map.length]);
  }

  private static float[] byRule() {
    try (Backend backend = Backends.open("auto", false, System.err::println);
        Model model = Models.open("squeezenet", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Picture picture = Resize.BILINEAR.apply(Picture.read(Path.of("samples/cat.png")), 227, 227);
      Tensor x = scope.of(Shape.of(1, 227, 227, 3), model.preprocessing().apply(picture));
      try (Run run = model.network().forward(x, Listen.to("pool10").withGradients())) {
        return new InputGradient(ReluRule.GUIDED)
            .of(run, new ClassScore("pool10", 285, 1000, false));
      }
    }
  }

  @Test
  void theExampleStandsInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("../README.md"));
    String shown = readme.substring(readme.indexOf("```java") + 7, readme.indexOf("```\n\nThat"));
    String here =
        Files.readString(Path.of("src/test/java/dev/vitrine/viz/ReadmeTest.java"))
            .split("// README\n", 2)[1]
            .split("    // end", 2)[0];
    assertThat(here.lines().map(String::strip).collect(Collectors.joining("\n")))
        .isEqualTo(shown.strip().lines().map(String::strip).collect(Collectors.joining("\n")));
  }
}
