package dev.vitrine.viz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.viz.maximize.Contrast;
import dev.vitrine.viz.maximize.Direction;
import dev.vitrine.viz.maximize.Diversity;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.LayerEnergy;
import dev.vitrine.viz.maximize.TotalVariation;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoalExpressionTest {
  private final Backend backend = Backends.open("cpu", false, line -> {});
  private final Model model = Models.open("tiny_vgg", backend, Overrides.NONE);

  @TempDir Path folder;

  @AfterEach
  void close() {
    model.close();
    backend.close();
  }

  private Goal parse(String text) {
    return GoalExpression.parse(text, model, true);
  }

  private static Goal channel(String layer, int channel, Direction.Place place) {
    return new Direction(layer, List.of(List.of(new Direction.Weight(channel, 1))), place);
  }

  @Test
  void everyTermIsItsGoal() {
    Direction.Place mean = new Direction.Place.Mean();
    assertThat(parse("conv_1_2:3")).isEqualTo(channel("conv_1_2", 3, mean));
    assertThat(parse("relu_1_2:3")).isEqualTo(channel("conv_1_2", 3, mean));
    assertThat(GoalExpression.parse("relu_1_2:3", model, false))
        .isEqualTo(channel("relu_1_2", 3, mean));
    assertThat(parse("conv_1_2:3@centre"))
        .isEqualTo(channel("conv_1_2", 3, new Direction.Place.Centre()));
    assertThat(parse("conv_1_2:3@4,5"))
        .isEqualTo(channel("conv_1_2", 3, new Direction.Place.At(4, 5)));
    assertThat(parse("class:pizza")).isEqualTo(channel("output.pre", 2, mean));
    assertThat(parse("layer:relu_1_2")).isEqualTo(new LayerEnergy("relu_1_2"));
    assertThat(parse("diversity:relu_1_2")).isEqualTo(new Diversity("relu_1_2"));
    assertThat(parse(" tv ")).isEqualTo(new TotalVariation());
    assertThat(parse("l2")).isEqualTo(new Contrast());
  }

  @Test
  void termsAreWeighedAndAddedFromTheLeft() {
    Goal a = new LayerEnergy("relu_1_1");
    Goal b = new LayerEnergy("relu_1_2");
    assertThat(parse("layer:relu_1_1 - 0.5*layer:relu_1_2 + 2 * tv"))
        .isEqualTo(a.minus(b.times(0.5)).plus(new TotalVariation().times(2)));
    assertThat(parse("-layer:relu_1_1")).isEqualTo(a.times(-1));
    assertThat(parse("- 1e-3*layer:relu_1_1 + l2"))
        .isEqualTo(a.times(1e-3).times(-1).plus(new Contrast()));
  }

  @Test
  void aDirectionIsReadFromItsFile() {
    OutputFolder out = new OutputFolder(folder);
    Path file = out.npy("v", new int[] {10}, new float[] {0, 2, 0, 0, -1, 0, 0, 0, 0, 0});
    assertThat(parse("conv_1_2:" + file))
        .isEqualTo(Direction.of("conv_1_2", new float[] {0, 2, 0, 0, -1, 0, 0, 0, 0, 0}));
    Path wrong = out.npy("w", new int[] {2, 5}, new float[10]);
    assertThatThrownBy(() -> parse("conv_1_2:" + wrong))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("w.npy has shape [2, 5]")
        .hasMessageContaining("expected [10]");
  }

  @Test
  void whatIsNoTermIsNamed() {
    for (String text :
        List.of("", "nonsense", "tv +", "2*", "conv_1_2:x", "conv_1_2:1@top", "3..4*tv")) {
      assertThatThrownBy(() -> parse(text)).as(text).isInstanceOf(BadInputException.class);
    }
    assertThatThrownBy(() -> parse("tv + nonsense"))
        .hasMessageContaining("'nonsense' is none of LAYER:CHANNEL");
    assertThatThrownBy(() -> parse("conv_9:1")).hasMessageContaining("no such layer");
    assertThatThrownBy(() -> parse("conv_1_2:99")).hasMessageContaining("no channel 99");
    assertThatThrownBy(() -> parse("class:pizzza")).hasMessageContaining("no such class");
  }
}
