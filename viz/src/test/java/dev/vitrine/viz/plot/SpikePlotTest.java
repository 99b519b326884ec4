package dev.vitrine.viz.plot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.method.ChannelMaps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpikePlotTest {

  private static SpikePlot of(float... means) {
    return SpikePlot.of(new ChannelMaps("conv", 1, 1, means.length, means));
  }

  @Test
  void aSpikeReachesFromZeroToItsMean() {
    SpikePlot plot = of(0, 10, 5, 2.5f);

    double zero = percent(plot.zero());
    double tallest = percent(plot.spikes().get(1).y());
    assertThat(percent(plot.spikes().get(2).y())).isEqualTo((zero + tallest) / 2);
    assertThat(percent(plot.spikes().get(0).y())).isEqualTo(zero).isEqualTo(100);
    assertThat(plot.spikes().get(0).x()).isEqualTo("12.50%");
  }

  @Test
  void theMarksOfTheAxisLieWhereTheirNumbersAre() {
    SpikePlot plot = of(-3, 10);

    assertThat(plot.up()).extracting(SpikePlot.Tick::text).containsExactly("-5", "0", "5", "10");
    assertThat(plot.up().get(1).at()).isEqualTo(plot.zero());
    assertThat(plot.up().get(3).at()).isEqualTo(plot.spikes().get(1).y());
    assertThat(plot.up().get(0).at()).isEqualTo("100.00%");
  }

  @Test
  void theFiveLargestAreNamedAndNoNameCoversAnother() {
    float[] means = new float[100];
    for (int c = 50; c < 56; c++) {
      means[c] = 100 + c;
    }
    SpikePlot plot = of(means);

    assertThat(plot.peaks())
        .extracting(SpikePlot.Peak::text)
        .containsExactly("55", "54", "53", "52", "51");
    for (int i = 1; i < 5; i++) {
      assertThat(percent(plot.peaks().get(i).y()))
          .isLessThanOrEqualTo(percent(plot.peaks().get(i - 1).y()) - 7.99);
    }
    assertThat(plot.description()).contains("the 100 channels of conv", "55 (155), 54 (154)");
  }

  @Test
  void aSilentLayerHasAFlatPlot() {
    SpikePlot plot = of(0, 0, 0);

    assertThat(plot.spikes()).allSatisfy(line -> assertThat(line.y()).isEqualTo(plot.zero()));
  }

  @ParameterizedTest
  @CsvSource({"0.3, 0.5", "1, 1", "1.1, 2", "20, 20", "51, 100", "0, 1", "0.0002, 0.0002"})
  void marksAreOneTwoOrFiveApart(double atLeast, double step) {
    assertThat(Axis.step(atLeast))
        .isCloseTo(step, org.assertj.core.data.Percentage.withPercentage(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1234.5, 1235",
    "600, 600",
    "35.84, 35.84",
    "2.5, 2.5",
    "0.25, 0.25",
    "-101.4, -101",
    "0.00001, 1.0e-05",
    "1000000, 1.0e+06",
    "0.05, 0.05"
  })
  void numbersAreShort(double value, String text) {
    assertThat(SpikePlot.number(value)).isEqualTo(text);
  }

  private static double percent(String text) {
    return Double.parseDouble(text.replace("%", ""));
  }
}
