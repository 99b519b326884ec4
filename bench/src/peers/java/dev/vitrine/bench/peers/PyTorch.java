package dev.vitrine.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import dev.vitrine.bench.contest.Competitor;
import dev.vitrine.bench.contest.Contender;
import dev.vitrine.bench.contest.Workload;
import java.util.Optional;

/** PyTorch through DJL, with arrays {@code [n, c, h, w]} as they come. */
public class PyTorch implements Competitor {
  private final boolean channelsLast;

  /** For {@code ServiceLoader}. */
  public PyTorch() {
    this(false);
  }

  PyTorch(boolean channelsLast) {
    this.channelsLast = channelsLast;
  }

  static {
    // Nothing is fetched or told to anyone: the libraries are on the class path.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(Competitor.threads()));
  }

  @Override
  public String name() {
    return channelsLast ? "pytorch-channels-last" : "pytorch";
  }

  @Override
  public String description() {
    return "PyTorch %s by DJL %s%s"
        .formatted(
            engine().getVersion(), Engine.getDjlVersion(), channelsLast ? ", channels last" : "");
  }

  private static Engine engine() {
    return Engine.getEngine("PyTorch");
  }

  @Override
  public Optional<String> missing() {
    try {
      engine();
      return Optional.empty();
    } catch (EngineException e) {
      return Optional.of(
          "PyTorch can't be loaded ("
              + e.getMessage()
              + "); set pytorch.platform in bench/pom.xml");
    }
  }

  @Override
  public boolean hasGradients() {
    return true;
  }

  @Override
  public Contender prepare(Workload workload) {
    return new PyTorchContender(engine().newBaseManager(), workload, channelsLast);
  }
}
