package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputSampleTest {
  private static final ConvolutionShape SHAPE = new ConvolutionShape(2, 64, 14, 14, 32, 3, 1);

  @ParameterizedTest
  @EnumSource(Direction.class)
  void roundingInputsToTf32FailsWhereFloat32WasAskedForAndPassesAsTf32(Direction direction) {
    OutputSample sample = sample(direction, 64);
    float[] rounded = run(direction, true);
    assertThat(sample.error(at(rounded, sample.offsets())))
        .isGreaterThan(Precision.FLOAT32.errorLimit())
        .isLessThan(Precision.TF32.errorLimit());
  }

  @ParameterizedTest
  @EnumSource(Direction.class)
  void float32SumsPassAsFloat32(Direction direction) {
    OutputSample sample = sample(direction, 64);
    assertThat(sample.error(at(run(direction, false), sample.offsets())))
        .isLessThan(Precision.FLOAT32.errorLimit());
  }

  @Test
  void anOutputThatNothingWroteIsAnInfiniteError() {
    OutputSample sample = sample(Direction.FORWARD, 16);
    float[] found = at(run(Direction.FORWARD, false), sample.offsets());
    found[5] = Float.NaN;
    assertThat(sample.error(found)).isInfinite();
  }

  @Test
  void theFirstAndTheLastElementAreAlwaysCompared() {
    long[] offsets = sample(Direction.DATA, 8).offsets();
    assertThat(offsets).contains(0, SHAPE.inputSize() - 1);
    assertThat(Arrays.stream(offsets).distinct()).hasSize(8);
  }

  @Test
  void anOutputSmallerThanTheSampleIsComparedOnceEverywhere() {
    ConvolutionShape small = new ConvolutionShape(1, 1, 2, 2, 1, 1, 0);
    OutputSample sample =
        OutputSample.of(
            small,
            Direction.FORWARD,
            TensorLayout.NCHW,
            ConvolutionBuffers.witness(small, 0),
            48,
            0);
    assertThat(sample.offsets()).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  @Test
  void biasAndReluComeAfterTheConvolution() {
    RandomTensor bias = new RandomTensor(5, 1, 32, 1, 1, 0.5f);
    OutputSample plain = sample(Direction.FORWARD, 200);
    OutputSample fused =
        OutputSample.ofReluWithBias(
            SHAPE, TensorLayout.NHWC, ConvolutionBuffers.witness(SHAPE, 1), bias, 200, 3);
    double[] before = plain.expected();
    double[] after = fused.expected();
    assertThat(fused.offsets()).isEqualTo(plain.offsets());
    int cut = 0;
    for (int i = 0; i < after.length; i++) {
      int channel = (int) (plain.offsets()[i] % 32);
      double sum = before[i] + bias.value(0, channel, 0, 0);
      assertThat(after[i]).isEqualTo(Math.max(0, sum));
      cut += sum < 0 ? 1 : 0;
    }
    assertThat(cut).isBetween(50, 150);
  }

  private static OutputSample sample(Direction direction, int count) {
    return OutputSample.of(
        SHAPE, direction, TensorLayout.NHWC, ConvolutionBuffers.witness(SHAPE, 1), count, 3);
  }

  private static float[] at(float[] values, long[] offsets) {
    float[] result = new float[offsets.length];
    for (int i = 0; i < offsets.length; i++) {
      result[i] = values[(int) offsets[i]];
    }
    return result;
  }

  /** All outputs in NHWC, from inputs rounded to TF32 or as they are, rounded to float. */
  private static float[] run(Direction direction, boolean tf32) {
    RandomTensor x = RandomTensor.input(SHAPE, 1);
    RandomTensor w = RandomTensor.weights(SHAPE, 2);
    RandomTensor dy = RandomTensor.outputGradient(SHAPE, 3);
    ConvolutionWitness witness =
        new ConvolutionWitness(SHAPE, seen(x, tf32), seen(w, tf32), seen(dy, tf32));
    RandomTensor target =
        switch (direction) {
          case FORWARD -> dy;
          case DATA -> x;
          case WEIGHTS -> w;
        };
    float[] out = new float[(int) target.size()];
    for (int a = 0; a < target.batch(); a++) {
      for (int b = 0; b < target.channels(); b++) {
        for (int i = 0; i < target.height(); i++) {
          for (int j = 0; j < target.width(); j++) {
            out[
                    (int)
                        TensorLayout.NHWC.offset(
                            a, b, i, j, target.channels(), target.height(), target.width())] =
                (float) witness.at(direction, a, b, i, j);
          }
        }
      }
    }
    return out;
  }

  /** TF32 keeps ten bits of the mantissa: the thirteen below are rounded away. */
  private static TensorValues seen(TensorValues values, boolean tf32) {
    return (n, c, h, w) -> {
      float value = values.value(n, c, h, w);
      int bits = Float.floatToRawIntBits(value);
      return tf32 ? Float.intBitsToFloat((bits + 0x1000) & 0xffffe000) : value;
    };
  }
}
