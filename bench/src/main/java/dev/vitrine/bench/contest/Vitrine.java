package dev.vitrine.bench.contest;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Our own engine.
 *
 * @param name what tables call it
 * @param device as {@code --device} takes it
 */
public record Vitrine(String name, String device) implements Competitor {
  /** On the CPU. */
  public static final Vitrine CPU = new Vitrine("vitrine", "cpu");

  @Override
  public String description() {
    try (Backend backend = open()) {
      return backend.description();
    }
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public boolean hasGradients() {
    return true;
  }

  private Backend open() {
    return Backends.open(device, false, System.err::println);
  }

  @Override
  public Contender prepare(Workload workload) {
    Backend backend = open();
    try {
      return new Loaded(backend, workload);
    } catch (RuntimeException | Error e) {
      backend.close();
      throw e;
    }
  }

  /** Closing the backend frees everything. */
  private static final class Loaded implements Contender {
    private final Backend backend;
    private final Network network;
    private final Listen listen;
    private final String at;
    private final Tensor x;
    private final Tensor seed;

    Loaded(Backend backend, Workload workload) {
      this.backend = backend;
      this.network = workload.open(backend);
      this.at = Workload.output(network);
      this.listen = Listen.only(at);
      Scope scope = new Scope(backend);
      Shape images = workload.images(network);
      this.x = scope.of(images, Workload.pixels(images));
      Shape y = network.shapes(images, listen).get(at);
      this.seed = scope.of(y, Workload.seed(Math.toIntExact(y.size()), y.dim(-1)));
    }

    private interface Use {
      void of(Tensor result);
    }

    private void forward(Use use) {
      try (Run run = network.forward(x, listen)) {
        use.of(run.output(at));
      }
    }

    private void gradient(Use use) {
      try (Run run = network.forward(x, listen.withGradients())) {
        use.of(run.backward(Map.of(run.output(at), seed), List.of(x)).at(x));
      }
    }

    @Override
    public void forward() {
      forward(y -> {});
    }

    @Override
    public void gradient() {
      gradient(g -> {});
    }

    @Override
    public float[] output() {
      float[][] values = new float[1][];
      forward(y -> values[0] = y.toFloats());
      return values[0];
    }

    @Override
    public float[] inputGradient() {
      float[][] values = new float[1][];
      gradient(g -> values[0] = g.toFloats());
      return values[0];
    }

    @Override
    public long nativeBytes() {
      return backend.liveBytes() + backend.pooledBytes();
    }

    @Override
    public void close() {
      backend.close();
    }
  }
}
