package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ChannelPictureTest {

  @Test
  void theMeanIsInTheMiddleAndTwoDeviationsReachTheEnds() {
    // Mean 1, standard deviation 1.
    assertThat(ChannelPicture.standardized(new float[] {0, 2, 0, 2}))
        .containsExactly(0.25f, 0.75f, 0.25f, 0.75f);
    float[] outlier = new float[100];
    outlier[7] = 1;
    assertThat(ChannelPicture.standardized(outlier)[7]).isEqualTo(1);
  }

  @Test
  void strengthDoesNotCount() {
    assertThat(ChannelPicture.standardized(new float[] {0, 100, 300}))
        .containsExactly(ChannelPicture.standardized(new float[] {7, 8, 10}));
  }

  @Test
  void aFlatMapIsInTheMiddleAndWhatIsNoNumberCountsAsZero() {
    assertThat(ChannelPicture.standardized(new float[] {3, 3})).containsExactly(0.5f, 0.5f);
    assertThat(ChannelPicture.standardized(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}))
        .containsExactly(0.5f, 0.5f, 0.5f);
  }

  @Test
  void percentilesReachTheEndsAndCutOutliersOff() {
    float[] map = new float[201];
    for (int i = 0; i < map.length; i++) {
      map[i] = i;
    }
    map[200] = 1e6f;

    float[] stretched = ChannelPicture.percentiles(map);
    assertThat(stretched[2]).isZero();
    assertThat(stretched[100]).isEqualTo(0.5f);
    assertThat(stretched[198]).isEqualTo(1);
    assertThat(stretched[200]).isEqualTo(1);
    assertThat(ChannelPicture.percentiles(new float[] {3, 3})).containsExactly(0.5f, 0.5f);
  }
}
