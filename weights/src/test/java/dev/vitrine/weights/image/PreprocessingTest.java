package dev.vitrine.weights.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.weights.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
  private static final Picture PIXEL = Picture.of(1, 1, new byte[] {(byte) 200, 100, 50});

  @Test
  void theNamedOnesDoWhatKerasDoes() {
    holds("caffe", 50 - 103.939, 100 - 116.779, 200 - 123.68);
    holds("tf", 200 / 127.5 - 1, 100 / 127.5 - 1, 50 / 127.5 - 1);
    holds(
        "torch",
        (200 / 255.0 - 0.485) / 0.229,
        (100 / 255.0 - 0.456) / 0.224,
        (50 / 255.0 - 0.406) / 0.225);
    holds("unit", 200 / 255.0, 100 / 255.0, 50 / 255.0);
    holds("none", 200, 100, 50);
  }

  @Test
  void partsAreGivenInRgbOrderWhateverTheNetworksOrderIs() {
    holds("order=bgr;mean=123,117,104;scale=1", 50 - 104, 100 - 117, 200 - 123);
    holds("mean=1,2,3; scale=1/2; std=4,5,6", 199 / 8.0, 98 / 10.0, 47 / 12.0);
    holds("mean=128;std=64", 72 / 64.0, -28 / 64.0, -78 / 64.0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "caffe",
        "tf",
        "torch",
        "unit",
        "none",
        "mean=123,117,104;scale=1;order=bgr",
        "mean=1.5,2,3;scale=0.125;std=0.1,0.2,0.3;order=rgb"
      })
  void whatIsWrittenIsReadBack(String text) {
    assertThat(Preprocessing.parse(text)).hasToString(text);
    assertThat(Preprocessing.parse(Preprocessing.parse(text).toString()))
        .isEqualTo(Preprocessing.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"caffe", "tf", "torch", "unit", "none", "mean=9,8,7;std=2,3,4;order=bgr"})
  void invertingGivesThePixelsBack(String text) {
    Preprocessing preprocessing = Preprocessing.parse(text);
    float[] pixels = preprocessing.invert(preprocessing.apply(PIXEL));
    assertThat(pixels).containsExactly(new float[] {200, 100, 50}, within(1e-4f));
  }

  @Test
  void aGradientIsPutInTheOrderOfThePictureAndKeepsItsValues() {
    float[] gradient = {1, 2, 3, 4, 5, 6};
    assertThat(Preprocessing.CAFFE.gradientToRgb(gradient)).containsExactly(3, 2, 1, 6, 5, 4);
    assertThat(Preprocessing.TORCH.gradientToRgb(gradient)).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cafe",
        "mean=1,2",
        "mean=a,b,c",
        "scale=1,2",
        "scale=0",
        "scale=1/0",
        "order=grb",
        "mena=1;",
        "scale=1;scale=2",
        "std=0,1,1",
        "mean=NaN",
        "scale",
        ""
      })
  void whatCannotBeIsRefusedInOneLine(String text) {
    assertThatThrownBy(() -> Preprocessing.parse(text))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("--preprocess")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Preprocessing.parse("cafe"))
        .hasMessageContaining("'cafe'")
        .hasMessageContaining("caffe, tf, torch, unit, none");
  }

  private static void holds(String text, double... expected) {
    float[] values = Preprocessing.parse(text).apply(PIXEL);
    assertThat(values).as(text).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat((double) values[i]).as(text).isCloseTo(expected[i], within(1e-5));
    }
  }
}
