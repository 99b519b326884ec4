package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.ConvolutionCall;

/** What a convolution computes: outputs, the gradient at its input, or at its weights. */
enum Direction {
  FORWARD("forward", ConvolutionCall.Direction.FORWARD),
  DATA("data", ConvolutionCall.Direction.BACKWARD_DATA),
  WEIGHTS("weights", ConvolutionCall.Direction.BACKWARD_WEIGHTS);

  private final String label;
  private final ConvolutionCall.Direction call;

  Direction(String label, ConvolutionCall.Direction call) {
    this.label = label;
    this.call = call;
  }

  ConvolutionCall.Direction call() {
    return call;
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
