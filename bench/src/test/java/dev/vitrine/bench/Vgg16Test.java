package dev.vitrine.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class Vgg16Test {

  @Test
  void theDistinctConvolutionsAreThirteenTogether() {
    Map<String, Integer> times = new LinkedHashMap<>();
    Vgg16.distinctConvolutions().forEach(c -> times.put(c, Vgg16.times(c)));
    assertThat(times)
        .hasToString(
            "{block1_conv1=1, block1_conv2=1, block2_conv1=1, block2_conv2=1, block3_conv1=1,"
                + " block3_conv2=2, block4_conv1=1, block4_conv2=2, block5_conv1=3}");
  }

  @Test
  void aConvolutionAloneIsTheOneInTheNetwork() {
    try (Backend backend = Backends.open("reference", false, line -> {});
        Network whole = Vgg16.TINY.on(backend)) {
      Map<String, Shape> shapes = whole.shapes(Shape.of(1, 32, 32, 3));
      for (String name : Vgg16.distinctConvolutions()) {
        try (Network alone = Vgg16.TINY.convolution(name, backend)) {
          assertThat(alone.inputShape())
              .as(name)
              .isEqualTo(shapes.get(whole.layer(name + ".pre").inputs().get(0)));
          assertThat(alone.shapes(alone.inputShape()).get(name))
              .as(name)
              .isEqualTo(shapes.get(name));
        }
      }
    }
  }

  @Test
  void anotherNameIsRefused() {
    assertThatThrownBy(() -> Vgg16.FULL.inputOf("vgg19"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("'vgg19' is none of VGG16's convolutions, block1_conv1 to block5_conv3");
  }
}
