package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.viz.render.HeatMap.Scaling;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeatMapTest {
  private static final float NAN = Float.NaN;

  @Test
  void eachScalingPutsItsOwnZeroAndOne() {
    HeatMap map = HeatMap.of(1, 4, new float[] {-2, 0, 1, 4});
    assertThat(map.scaled(Scaling.POSITIVE)).containsExactly(0, 0, 0.25f, 1);
    assertThat(map.scaled(Scaling.RANGE)).containsExactly(0, 1 / 3f, 0.5f, 1);
    assertThat(map.scaled(Scaling.SYMMETRIC)).containsExactly(0.25f, 0.5f, 0.625f, 1);
  }

  @Test
  void oneOutlierDoesNotDarkenARobustMap() {
    float[] values = new float[1001];
    Arrays.fill(values, 1, 1000, 2);
    values[1000] = 1000;
    float[] scaled = HeatMap.of(7, 143, values).scaled(Scaling.ROBUST);
    assertThat(scaled[0]).isZero();
    assertThat(scaled[1]).isEqualTo(1);
    assertThat(scaled[1000]).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Scaling.class)
  void aMapWithNothingToShowIsDrawnAsNothingAndSaysSo(Scaling scaling) {
    HeatMap map = HeatMap.of(2, 2, new float[4]);
    assertThat(map.isAllZero()).isTrue();
    assertThat(HeatMap.of(1, 2, new float[] {0, 1e-30f}).isAllZero()).isFalse();
    float nothing = scaling == Scaling.SYMMETRIC ? 0.5f : 0;
    assertThat(map.scaled(scaling)).containsOnly(nothing);
    Picture photograph = Picture.of(1, 2, new byte[] {10, 20, 30, 40, 50, 60});
    assertThat(map.overlay(photograph, scaling, ColorMap.INFERNO, Opacity.GROWING))
        .isEqualTo(photograph);
  }

  @ParameterizedTest
  @EnumSource(Scaling.class)
  void notANumberIsCountedAndDrawnAsZero(Scaling scaling) {
    HeatMap map = HeatMap.of(1, 4, new float[] {NAN, 0, 3, Float.POSITIVE_INFINITY});
    assertThat(map.notFinite()).isEqualTo(2);
    float[] scaled = map.scaled(scaling);
    assertThat(scaled[0]).isEqualTo(scaled[1]);
    assertThat(scaled[3]).isEqualTo(scaled[1]);
    assertThat(scaled[2]).isEqualTo(1);
    assertThat(HeatMap.of(1, 1, new float[] {NAN}).scaled(scaling)[0]).isBetween(0f, 0.5f);
  }

  @Test
  void anEnlargedMapStaysInPlace() {
    float[] values = new float[25];
    values[1 * 5 + 3] = 1;
    Picture picture = HeatMap.of(5, 5, values).picture(Scaling.POSITIVE, ColorMap.GREY, 50, 100);
    double sum = 0;
    double row = 0;
    double column = 0;
    for (int y = 0; y < 50; y++) {
      for (int x = 0; x < 100; x++) {
        sum += picture.get(y, x, 0);
        row += picture.get(y, x, 0) * (y + 0.5);
        column += picture.get(y, x, 0) * (x + 0.5);
      }
    }
    assertThat(row / sum).isCloseTo(15, within(0.5));
    assertThat(column / sum).isCloseTo(70, within(0.5));
  }

  @Test
  void coldPlacesShowThePhotographAndHotOnesTheirColour() {
    Picture photograph = Picture.of(1, 2, new byte[] {100, 100, 100, 100, 100, 100});
    HeatMap map = HeatMap.of(1, 2, new float[] {0, 5});
    Picture growing =
        map.overlay(photograph, Scaling.POSITIVE, ColorMap.GREY, new Opacity(1, true));
    assertThat(growing.toFloats()).containsExactly(100, 100, 100, 255, 255, 255);
    Picture half = map.overlay(photograph, Scaling.POSITIVE, ColorMap.GREY, Opacity.HALF);
    assertThat(half.get(0, 0, 1)).isEqualTo(50);
    assertThat(half.get(0, 1, 1)).isEqualTo(178);
  }

  @Test
  void aMapWithASignIsColdestWhereItIsZero() {
    Picture photograph = Picture.of(1, 3, new byte[] {9, 9, 9, 9, 9, 9, 9, 9, 9});
    Picture picture =
        HeatMap.of(1, 3, new float[] {-1, 0, 1})
            .overlay(photograph, Scaling.SYMMETRIC, ColorMap.GREY, new Opacity(1, true));
    assertThat(picture.get(0, 0, 0)).isZero();
    assertThat(picture.get(0, 1, 0)).isEqualTo(9);
    assertThat(picture.get(0, 2, 0)).isEqualTo(255);
  }

  @Test
  void aMapOfACropLiesOnTheMiddleAndDimsTheRest() {
    byte[] rgb = new byte[2 * 6 * 3];
    Arrays.fill(rgb, (byte) 100);
    HeatMap map = HeatMap.of(1, 1, new float[] {1});
    Picture picture =
        map.overlay(
            Picture.of(2, 6, rgb),
            Resize.CROP.seen(2, 6, 4, 4),
            Scaling.POSITIVE,
            ColorMap.GREY,
            new Opacity(1, true));
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 6; x++) {
        assertThat(picture.get(y, x, 0)).as("%d", x).isEqualTo(x == 2 || x == 3 ? 255 : 50);
      }
    }
  }

  @Test
  void valuesThatAreNoMapAreRefused() {
    assertThatThrownBy(() -> HeatMap.of(2, 3, new float[5]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 values for a map of shape [2, 3]");
    assertThatThrownBy(() -> new Opacity(1.5f, true)).isInstanceOf(IllegalArgumentException.class);
  }
}
