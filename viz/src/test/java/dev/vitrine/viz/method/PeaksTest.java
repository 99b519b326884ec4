package dev.vitrine.viz.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PeaksTest {
  /** Every second pixel, three wide about it. */
  private static final ReceptiveField FIELD =
      new ReceptiveField(new ReceptiveField.Reach(2, -1, 1), new ReceptiveField.Reach(2, -1, 1));

  private static List<Peaks.Peak> peaks(int most, float... map) {
    return Peaks.of(
        new ChannelMaps("conv", 1, map.length, 1, map),
        0,
        most,
        (y, x) -> Patch.seen(Optional.of(FIELD), y, x, 3, 2 * map.length));
  }

  @Test
  void neighboursOfAStrongerPositionHaveNoRoom() {
    assertThat(peaks(9, 5, 9, 8, 7, 0, 1))
        .extracting(Peaks.Peak::x, Peaks.Peak::value)
        .containsExactly(tuple(1, 9.0), tuple(3, 7.0), tuple(5, 1.0));
  }

  @Test
  void noMoreThanAskedForAndOfEqualOnesTheFirst() {
    assertThat(peaks(2, 4, 0, 4, 0, 4)).extracting(Peaks.Peak::x).containsExactly(0, 2);
  }

  @Test
  void zeroIsNoPeak() {
    assertThat(peaks(9, 0, 0, Float.NaN)).isEmpty();
  }

  @Test
  void aPatchEndsWhereTheInputDoes() {
    assertThat(Patch.seen(Optional.of(FIELD), 0, 0, 10, 10)).isEqualTo(new Patch(0, 0, 2, 2));
    assertThat(Patch.seen(Optional.of(FIELD), 2, 1, 10, 10)).isEqualTo(new Patch(3, 1, 3, 3));
    assertThat(Patch.seen(Optional.of(FIELD), 4, 5, 9, 10)).isEqualTo(new Patch(7, 9, 2, 1));
    assertThat(Patch.seen(Optional.empty(), 0, 0, 9, 10)).isEqualTo(new Patch(0, 0, 9, 10));
  }

  @Test
  void aPatchOfTheInputIsTheSamePartOfThePhotograph() {
    Picture photograph = Picture.of(40, 60, new byte[40 * 60 * 3]);
    Patch middle = new Patch(5, 5, 2, 2);

    assertThat(middle.of(new Resize.Region(0, 0, 40, 60), 10, 10, photograph))
        .isEqualTo(new Patch(20, 30, 8, 12));
    assertThat(middle.of(new Resize.Region(0, 10, 40, 40), 10, 10, photograph))
        .as("of its centre")
        .isEqualTo(new Patch(20, 30, 8, 8));
  }

  @Test
  void whatIsCutOutIsWhatLiesThere() {
    float[] values = new float[4 * 5 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Patch patch = new Patch(1, 2, 2, 2);

    assertThat(patch.cut(values, 5))
        .containsExactly(21, 22, 23, 24, 25, 26, 36, 37, 38, 39, 40, 41);
    assertThat(patch.cut(Picture.ofFloats(4, 5, values)))
        .isEqualTo(Picture.ofFloats(2, 2, patch.cut(values, 5)));
  }
}
