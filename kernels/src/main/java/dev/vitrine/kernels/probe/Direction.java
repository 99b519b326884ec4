package dev.vitrine.kernels.probe;

/** What a convolution computes: outputs, the gradient at its input, or at its weights. */
enum Direction {
  FORWARD("forward"),
  DATA("data"),
  WEIGHTS("weights");

  private final String label;

  Direction(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  long outputSize(ConvolutionShape shape) {
    return switch (this) {
      case FORWARD -> shape.outputSize();
      case DATA -> shape.inputSize();
      case WEIGHTS -> shape.weightSize();
    };
  }
}
