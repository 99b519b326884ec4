package dev.vitrine.bench.jmh;

import static dev.vitrine.engine.op.Functions.relu;

import dev.vitrine.bench.contest.Agreement;
import dev.vitrine.bench.contest.Workload;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.viz.attribution.Attributor.Attributed;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.attribution.IntegratedGradients;
import dev.vitrine.viz.cam.CamMap;
import dev.vitrine.viz.cam.GradCam;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Subject;
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

/** Methods for one image as the command line runs them, from numbers to numbers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class MethodBenchmark {
  /** Of integrated gradients. */
  public static final int STEPS = 50;

  @Param("cpu")
  public String device;

  @Param("squeezenet")
  public String model;

  private Backend backend;
  private Network network;
  private Subject subject;
  private String layer;

  /** Loads the network, and holds the rules against hooks and the quadrature against its sum. */
  @Setup(Level.Trial)
  public void setUp() {
    backend = Backends.open(device, false, System.err::println);
    Workload workload = new Workload(model, 1, 0);
    network = workload.open(backend);
    Shape image = workload.images(network);
    String logits = Workload.output(network);
    int classes = network.shapes(image).get(logits).dim(-1);
    ClassScore score = new ClassScore(logits, 0, classes, false);
    subject = new Subject(network, image, Workload.pixels(image), score);
    layer = network.has("fire9_concat") ? "fire9_concat" : "block5_conv3";
    check();
    NativeBytes.of(() -> backend.liveBytes() + backend.pooledBytes());
  }

  private void check() {
    float[] guided = guided().map();
    Map<String, float[]> answers = new LinkedHashMap<>();
    answers.put("rule", guided);
    try (Hook hook = network.onBackward(Relu.class, c -> relu(c.gradInput()))) {
      answers.put("hook", gradient().map());
    }
    new Agreement("guided map", 1e-5).check(model, answers);
    CamMap map = gradCam();
    new Agreement("Grad-CAM", 0).check(model, Map.of("vitrine", map.values()));
    Attributed integrated = integratedGradients();
    double whole = integrated.value() - integrated.figures().get("atBaseline");
    if (!(Math.abs(integrated.figures().get("gap")) <= 0.1 * Math.abs(whole))) {
      throw new IllegalStateException(
          "integrated gradients of %s: parts miss %s of %s"
              .formatted(model, integrated.figures().get("gap"), whole));
    }
  }

  /** The gradient at the pixels. */
  @Benchmark
  public Attributed gradient() {
    return new InputGradient(ReluRule.GRADIENT).of(subject, n -> {});
  }

  /** Guided backpropagation. */
  @Benchmark
  public Attributed guided() {
    return new InputGradient(ReluRule.GUIDED).of(subject, n -> {});
  }

  /** Grad-CAM at the last maps. */
  @Benchmark
  public CamMap gradCam() {
    return new GradCam(false).of(subject, layer, n -> {});
  }

  /** Integrated gradients from grey. */
  @Benchmark
  public Attributed integratedGradients() {
    return new IntegratedGradients(STEPS, new float[subject.input().length]).of(subject, n -> {});
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void tearDown() {
    NativeBytes.of(() -> -1);
    network.close();
    backend.close();
  }
}
