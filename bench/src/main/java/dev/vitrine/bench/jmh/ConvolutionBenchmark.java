package dev.vitrine.bench.jmh;

import dev.vitrine.bench.Mixed;
import dev.vitrine.bench.Vgg16;
import dev.vitrine.bench.contest.Agreement;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Sliding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * VGG16's convolutions one by one in our backend, forward and backward data, weights frozen. {@link
 * ForwardBenchmark} has them beside the peers, which can't be asked for the backward pass alone.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ConvolutionBenchmark {
  private static final int SAMPLES = 64;

  @Param("cpu")
  public String device;

  @Param({
    "block1_conv1",
    "block1_conv2",
    "block2_conv1",
    "block2_conv2",
    "block3_conv1",
    "block3_conv2",
    "block4_conv1",
    "block4_conv2",
    "block5_conv1"
  })
  public String layer;

  @Param("1")
  public int batch;

  private Backend backend;
  private Network network;
  private Convolution convolution;
  private Parameter kernel;
  private Parameter bias;
  private Tensor x;
  private Tensor y;
  private Tensor gradient;

  /** Loads the layer, and holds numbers here and there against sums in double precision. */
  @Setup(Level.Trial)
  public void setUp() {
    backend = Backends.open(device, false, System.err::println);
    network = Vgg16.FULL.convolution(layer, backend);
    kernel = network.parameters().get(0);
    bias = network.parameters().get(1);
    Shape images = Vgg16.FULL.inputOf(layer).with(0, batch);
    convolution = new Convolution(Sliding.same(3, 3, 1, 1).on(images), 1);
    dev.vitrine.engine.Scope scope = new dev.vitrine.engine.Scope(backend);
    x = scope.of(images, Mixed.values(0, Math.toIntExact(images.size()), 1));
    y = scope.make(images.with(3, kernel.value().shape().dim(3)));
    gradient = scope.make(images);
    forward();
    check("output", y, x, false);
    backwardData();
    check("gradient", gradient, y, true);
    NativeBytes.of(() -> backend.liveBytes() + backend.pooledBytes());
  }

  /** {@code y = x (*) kernel + bias}. */
  @Benchmark
  public void forward() {
    backend.convolution(
        convolution,
        x.buffer(),
        kernel.value().buffer(),
        bias.value().buffer(),
        PostOp.NONE,
        y.buffer());
  }

  /** The transpose, of y. */
  @Benchmark
  public void backwardData() {
    backend.convolutionBackwardData(
        convolution, y.buffer(), kernel.value().buffer(), gradient.buffer());
  }

  /** Biases are zero; backward data is a convolution with the kernel rotated, channels swapped. */
  private void check(String what, Tensor to, Tensor from, boolean transposed) {
    float[] in = from.toFloats();
    float[] out = to.toFloats();
    float[] k = kernel.value().toFloats();
    Shape s = from.shape();
    int channels = to.shape().dim(3);
    int kernelOut = kernel.value().shape().dim(3);
    float[] found = new float[SAMPLES];
    float[] wanted = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      int at = (int) (i * 7919L * 104729 % out.length);
      int c = at % channels;
      int column = at / channels % s.dim(2);
      int row = at / channels / s.dim(2) % s.dim(1);
      int n = at / channels / s.dim(2) / s.dim(1);
      double sum = 0;
      for (int p = -1; p <= 1; p++) {
        for (int q = -1; q <= 1; q++) {
          int r = row + p;
          int t = column + q;
          if (r < 0 || r >= s.dim(1) || t < 0 || t >= s.dim(2)) {
            continue;
          }
          int tap = transposed ? (1 - p) * 3 + 1 - q : (p + 1) * 3 + q + 1;
          for (int d = 0; d < s.dim(3); d++) {
            int weight =
                transposed
                    ? (tap * channels + c) * kernelOut + d
                    : (tap * s.dim(3) + d) * kernelOut + c;
            double value = in[((n * s.dim(1) + r) * s.dim(2) + t) * s.dim(3) + d];
            sum += value * k[weight];
          }
        }
      }
      found[i] = out[at];
      wanted[i] = (float) sum;
    }
    Map<String, float[]> answers = new LinkedHashMap<>();
    answers.put("sums in double", wanted);
    answers.put(backend.name(), found);
    new Agreement(what, 1e-5).check(layer + ", batch " + batch, answers);
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void tearDown() {
    NativeBytes.of(() -> -1);
    network.close();
    backend.close();
  }
}
