package dev.vitrine.kernels.probe;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The parts of the probe, in the order in which they run, with the seconds each may take. */
enum Section {
  VERSIONS(8, "what loads, the card, its memory"),
  RELU(15, "a kernel compiled by NVRTC; its bandwidth and a plain copy's"),
  MATMUL(15, "cuBLAS, float32 and TF32"),
  CONVOLUTION(112, "cuDNN: VGG16's thirteen convolutions, three directions"),
  FUSED(28, "cuDNN: convolution, bias and ReLU in one call"),
  GRAPH(16, "a CUDA graph of convolution, ReLU and pooling"),
  PYTORCH(60, "the same sums by PyTorch");

  private final int seconds;
  private final String title;

  Section(int seconds, String title) {
    this.seconds = seconds;
    this.title = title;
  }

  /** The share of the default budget, in seconds. */
  int seconds() {
    return seconds;
  }

  String title() {
    return title;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static String labels() {
    return Arrays.stream(values()).map(Section::label).collect(Collectors.joining(", "));
  }
}
