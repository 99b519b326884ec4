package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ColorMapTest {
  @Test
  void theColoursAreMatplotlibs() {
    assertThat(ColorMap.INFERNO.rgb(0)).isEqualTo(0x000004);
    assertThat(ColorMap.INFERNO.rgb(1)).isEqualTo(0xfcffa4);
    assertThat(ColorMap.VIRIDIS.rgb(0)).isEqualTo(0x440154);
    assertThat(ColorMap.VIRIDIS.rgb(1)).isEqualTo(0xfde725);
    assertThat(ColorMap.MAGMA.rgb(1)).isEqualTo(0xfcfdbf);
    assertThat(ColorMap.PLASMA.rgb(0)).isEqualTo(0x0d0887);
  }

  @ParameterizedTest
  @EnumSource(ColorMap.class)
  void lightnessGrowsAllTheWay(ColorMap map) {
    for (int i = 8; i < 256; i++) {
      assertThat(lightness(map.rgb(i / 255f)))
          .as("%s at %d", map, i)
          .isGreaterThan(lightness(map.rgb((i - 8) / 255f)));
    }
  }

  @Test
  void theDivergingMapIsNeutralGreyInTheMiddle() {
    assertThat(ColorMap.DIVERGING.rgb(0.5f)).isEqualTo(0x808080);
    int cold = ColorMap.DIVERGING.rgb(0);
    int warm = ColorMap.DIVERGING.rgb(1);
    assertThat(cold & 0xff).isGreaterThan(cold >> 16);
    assertThat(warm & 0xff).isLessThan(warm >> 16);
  }

  @ParameterizedTest
  @EnumSource(ColorMap.class)
  void numbersBeyondTheEndsAndNaNHaveAColour(ColorMap map) {
    assertThat(map.rgb(-3)).isEqualTo(map.rgb(0));
    assertThat(map.rgb(7)).isEqualTo(map.rgb(1));
    assertThat(map.rgb(Float.NaN)).isEqualTo(map.rgb(0));
    assertThat(map.rgb(Float.POSITIVE_INFINITY)).isEqualTo(map.rgb(1));
  }

  @ParameterizedTest
  @EnumSource(ColorMap.class)
  void aNameIsReadAsItIsWritten(ColorMap map) {
    assertThat(ColorMap.parse(map.toString())).isEqualTo(map);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> ColorMap.parse("jet"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("jet")
        .hasMessageContaining("inferno, viridis, magma, plasma, grey, diverging");
  }

  private static double lightness(int rgb) {
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8) + 0.0722 * linear(rgb);
  }

  private static double linear(int channel) {
    return Math.pow((channel & 0xff) / 255.0, 2.2);
  }
}
