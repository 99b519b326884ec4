package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.kernels.device.KernelSource;
import org.junit.jupiter.api.Test;

class KernelSourceTest {
  @Test
  void aKernelIsReadFromTheClassPath() {
    assertThat(KernelSource.of("relu.cu").text())
        .contains("extern \"C\" __global__ void relu_forward(")
        .contains("extern \"C\" __global__ void relu_backward(");
  }

  @Test
  void theReluChecksSeeAWrongBit() {
    float[] x = {-1, 2, Float.NaN, -0f, 0f};
    assertThat(
            ReluSection.mismatches(x, new float[] {0, 2, Float.NaN, 0, 0}, ReluSection.Change.RELU))
        .isZero();
    assertThat(ReluSection.mismatches(x, new float[] {0, 2, 0, -0f, 0}, ReluSection.Change.RELU))
        .isEqualTo(2);
    assertThat(ReluSection.mismatches(x, new float[] {0, 2, 0, 0, 0}, ReluSection.Change.POSITIVE))
        .isZero();
  }
}
