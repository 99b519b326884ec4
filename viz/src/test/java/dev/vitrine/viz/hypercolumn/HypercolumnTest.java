package dev.vitrine.viz.hypercolumn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Resample;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.SmallNetworks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HypercolumnTest {

  static ChannelMaps maps(int h, int w, int channels, long seed) {
    return new ChannelMaps(
        "maps" + seed, h, w, channels, SmallNetworks.random(h * w * channels, seed));
  }

  @Test
  void pixelCentresLieAtHalvesAndEdgesAreRepeated() {
    ChannelMaps two = new ChannelMaps("two", 1, 2, 1, new float[] {0, 4});

    float[] row = new float[4];
    new Hypercolumn(List.of(two), 1, 4).row(0, row);
    assertThat(row).containsExactly(0, 1, 3, 4);
  }

  @Test
  void layersStandOneAfterTheOtherInEachVector() {
    ChannelMaps fine = new ChannelMaps("fine", 2, 2, 2, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    ChannelMaps coarse = new ChannelMaps("coarse", 1, 1, 1, new float[] {9});
    Hypercolumn columns = new Hypercolumn(List.of(fine, coarse), 2, 2);

    float[] row = new float[6];
    columns.row(1, row);
    assertThat(columns.channels()).isEqualTo(3);
    assertThat(row).containsExactly(5, 6, 9, 7, 8, 9);
  }

  @ParameterizedTest
  @CsvSource({"5,7,9,12", "5,7,5,7", "6,4,3,9", "8,8,3,3", "1,1,4,2"})
  void resamplingIsTheEnginesBilinear(int h, int w, int toH, int toW) {
    ChannelMaps maps = maps(h, w, 3, 4);
    Hypercolumn columns = new Hypercolumn(List.of(maps), toH, toW);

    float[] expected = engine(maps, toH, toW);
    float[] row = new float[toW * 3];
    for (int y = 0; y < toH; y++) {
      columns.row(y, row);
      for (int i = 0; i < row.length; i++) {
        assertThat(row[i]).isCloseTo(expected[y * row.length + i], within(1e-5f));
      }
    }
  }

  private static float[] engine(ChannelMaps maps, int h, int w) {
    Shape shape = Shape.of(1, maps.h(), maps.w(), maps.channels());
    try (Backend backend = Backends.open("reference", false, notice -> {});
        NetworkBuilder b = Network.on(backend).input("maps", shape);
        Network network = b.layer("resampled", new Resample(Interpolation.BILINEAR, h, w)).build();
        Scope scope = new Scope(backend);
        Run run = network.forward(scope.of(shape, maps.values()), Listen.toOutput())) {
      return run.output().toFloats();
    }
  }

  @Test
  void theTransposeIsTheAdjoint() {
    Bilinear resampling = new Bilinear(3, 5, 8, 4);
    double[] x = doubles(3 * 5 * 2, 1);
    double[] y = doubles(8 * 4 * 2, 2);

    double[] ax = new double[y.length];
    resampling.add(x, 2, ax);
    assertThat(dot(ax, y)).isCloseTo(dot(x, resampling.transposed(y, 2)), within(1e-12));
  }

  @Test
  void theMeanIsThatOfEachVector() {
    Hypercolumn columns = new Hypercolumn(List.of(maps(4, 4, 3, 1), maps(2, 3, 5, 2)), 6, 5);

    float[] mean = columns.mean();
    float[] row = new float[5 * 8];
    for (int y = 0; y < 6; y++) {
      columns.row(y, row);
      for (int x = 0; x < 5; x++) {
        double sum = 0;
        for (int c = 0; c < 8; c++) {
          sum += row[x * 8 + c];
        }
        assertThat((double) mean[y * 5 + x]).isCloseTo(sum / 8, within(1e-6));
      }
    }
  }

  @Test
  void nothingToPutTogetherIsRefused() {
    assertThatThrownBy(() -> new Hypercolumn(List.of(), 2, 2))
        .hasMessageContaining("0 layers", "one of each");
  }

  private static double[] doubles(int count, long seed) {
    float[] values = SmallNetworks.random(count, seed);
    double[] doubles = new double[count];
    for (int i = 0; i < count; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
