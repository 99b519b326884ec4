package dev.vitrine.bench.jmh;

import dev.vitrine.bench.Mixed;
import dev.vitrine.bench.contest.Workload;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Maximized;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.weights.image.Preprocessing;
import java.util.List;
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

/** One channel's picture by the preset {@code graetz}, and the bare passes that it takes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GraetzBenchmark {
  @Param("cpu")
  public String device;

  @Param("squeezenet")
  public String model;

  private Backend backend;
  private Network network;
  private Feature feature;
  private List<Integer> sizes;

  /** Loads the network, and sees that the first rounds climb. */
  @Setup(Level.Trial)
  public void setUp() {
    backend = Backends.open(device, false, System.err::println);
    network = new Workload(model, 1, 0).open(backend);
    String layer = network.has("fire8_concat") ? "fire8_concat" : "block5_conv3";
    feature = Feature.beforeRelu(network, layer, 1);
    sizes = Recipe.GRAETZ.sizes(network, feature.layer());
    Maximized few = channel(Recipe.GRAETZ.withRounds(2), sizes.subList(0, 2));
    double start = few.activations().get(0);
    double end = few.activations().get(few.activations().size() - 1);
    if (!(end > start)) {
      throw new IllegalStateException(
          "%s of %s fell from %s to %s while it was maximized"
              .formatted(feature, model, start, end));
    }
    NativeBytes.of(() -> backend.liveBytes() + backend.pooledBytes());
  }

  private Maximized channel(Recipe recipe, List<Integer> rounds) {
    return recipe
        .maximize(network, Preprocessing.CAFFE, List.of(feature), rounds, 0, done -> {})
        .get(0);
  }

  /** All rounds. */
  @Benchmark
  public Maximized channel() {
    return channel(Recipe.GRAETZ, sizes);
  }

  /** As many forward and backward passes of the same sizes, and nothing else. */
  @Benchmark
  public void barePasses() {
    Listen listen = Listen.only(feature.layer()).withGradients();
    for (int size : sizes) {
      Shape images = Shape.of(1, size, size, 3);
      Shape map = network.shapes(images, listen).get(feature.layer());
      float[] ones = new float[Math.toIntExact(map.size())];
      for (int i = feature.channel(); i < ones.length; i += map.dim(3)) {
        ones[i] = (float) map.dim(3) / ones.length;
      }
      try (dev.vitrine.engine.Scope scope = new dev.vitrine.engine.Scope(backend)) {
        Tensor x = scope.of(images, Mixed.values(0, size * size * 3, 100));
        Tensor seed = scope.of(map, ones);
        for (int step = 0; step < Recipe.GRAETZ.steps(); step++) {
          try (Run run = network.forward(x, listen)) {
            run.backward(Map.of(run.output(feature.layer()), seed), List.of(x)).at(x);
          }
        }
      }
      backend.trim();
    }
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void tearDown() {
    NativeBytes.of(() -> -1);
    network.close();
    backend.close();
  }
}
