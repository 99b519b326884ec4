package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.AlgorithmChoice;
import dev.vitrine.kernels.device.Cudnn;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * Layers of VGG16 one after the other on the card's stream: cuDNN's convolution, the hand-written
 * ReLU, and cuDNN's pooling where the layer has one. Only deterministic algorithms.
 */
final class ConvolutionChain implements AutoCloseable {
  private final ProbeCard gpu;
  private final List<Runnable> steps = new ArrayList<>();
  private final List<ProbeConvolution> convolutions = new ArrayList<>();
  private final List<cudnnTensorDescriptor> descriptors = new ArrayList<>();
  private final List<CUdeviceptr> memory = new ArrayList<>();
  private final RandomTensor firstInput;
  private final TensorLayout layout;
  private final CUdeviceptr input;
  private CUdeviceptr output;
  private long outputSize;

  /**
   * @param layers neighbours in VGG16, so that each one's output is the next one's input
   */
  ConvolutionChain(
      ProbeCard gpu,
      CudnnOperations cudnn,
      CUfunction relu,
      List<Vgg16.Layer> layers,
      TensorLayout layout,
      Precision precision,
      ProbeSettings settings) {
    this.gpu = gpu;
    this.layout = layout;
    firstInput = RandomTensor.input(layers.get(0).shape(), settings.seed() + 30);
    input = take(firstInput.size());
    output = input;
    for (Vgg16.Layer layer : layers) {
      convolution(cudnn, layer, precision, settings);
      relu(relu);
      if (layer.pooled()) {
        pooling(cudnn, layer.shape());
      }
    }
  }

  private CUdeviceptr take(long elements) {
    CUdeviceptr buffer = gpu.allocate(4 * elements);
    memory.add(buffer);
    return buffer;
  }

  private void convolution(
      CudnnOperations cudnn, Vgg16.Layer layer, Precision precision, ProbeSettings settings) {
    ConvolutionShape shape = layer.shape();
    ProbeConvolution convolution = new ProbeConvolution(cudnn, shape, layout, precision);
    convolutions.add(convolution);
    AlgorithmChoice choice =
        ConvolutionSection.pick(
                convolution.heuristic(Direction.FORWARD), true, settings.workspaceBytes())
            .orElseThrow(() -> new BackendException(layer.name() + ": no deterministic algorithm"));
    long workspace = convolution.workspace(Direction.FORWARD, choice.algorithm());
    float[] weights = new float[Math.toIntExact(shape.weightSize())];
    // Twice the variance keeps the activations' size through the ReLUs.
    RandomTensor random =
        new RandomTensor(
            settings.seed() + 31 + convolutions.size(),
            shape.filters(),
            shape.channels(),
            3,
            3,
            (float) Math.sqrt(6.0 / (9.0 * shape.channels())));
    layout.fill(weights, random);
    CUdeviceptr w = take(weights.length);
    gpu.copyIn(w, weights, weights.length);
    outputSize = shape.outputSize();
    CUdeviceptr from = output;
    CUdeviceptr to = take(outputSize);
    CUdeviceptr scratch = take(workspace / 4 + 1);
    ConvolutionBuffers buffers = new ConvolutionBuffers(gpu, from, w, from, to, scratch, workspace);
    steps.add(() -> convolution.run(Direction.FORWARD, choice.algorithm(), buffers, workspace));
    output = to;
  }

  private void relu(CUfunction relu) {
    long elements = outputSize;
    Pointer arguments =
        Pointer.to(Pointer.to(output), Pointer.to(output), Pointer.to(new long[] {elements}));
    steps.add(() -> gpu.launch(relu, elements, arguments));
  }

  private void pooling(CudnnOperations cudnn, ConvolutionShape s) {
    cudnnTensorDescriptor from =
        Cudnn.tensor(layout.format(), s.batch(), s.filters(), s.outputHeight(), s.outputWidth());
    cudnnTensorDescriptor to =
        Cudnn.tensor(
            layout.format(), s.batch(), s.filters(), s.outputHeight() / 2, s.outputWidth() / 2);
    descriptors.add(from);
    descriptors.add(to);
    CUdeviceptr x = output;
    outputSize = s.outputSize() / 4;
    CUdeviceptr y = take(outputSize);
    steps.add(() -> cudnn.pool(from, x, to, y));
    output = y;
  }

  int steps() {
    return steps.size();
  }

  /** Puts another random input in the place of the one that is there. */
  void newInput(long seed) {
    float[] values = new float[Math.toIntExact(firstInput.size())];
    layout.fill(
        values,
        new RandomTensor(
            seed,
            firstInput.batch(),
            firstInput.channels(),
            firstInput.height(),
            firstInput.width(),
            1f));
    gpu.copyIn(input, values, values.length);
  }

  void enqueue() {
    steps.forEach(Runnable::run);
  }

  /** Everything between the input and what the last step writes becomes NaN. */
  void poisonOutput() {
    gpu.poison(output, outputSize);
  }

  float[] output() {
    return gpu.download(output, Math.toIntExact(outputSize));
  }

  @Override
  public void close() {
    convolutions.forEach(ProbeConvolution::close);
    descriptors.forEach(jcuda.jcudnn.JCudnn::cudnnDestroyTensorDescriptor);
    gpu.free(memory.toArray(new CUdeviceptr[0]));
  }
}
