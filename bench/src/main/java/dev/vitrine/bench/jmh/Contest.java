package dev.vitrine.bench.jmh;

import dev.vitrine.bench.contest.Agreement;
import dev.vitrine.bench.contest.Competitor;
import dev.vitrine.bench.contest.Competitors;
import dev.vitrine.bench.contest.Contender;
import dev.vitrine.bench.contest.Workload;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One competitor with a network. Before it is timed all who are here have computed the same in this
 * process, one after the other; all but the one are closed again, their threads asleep, so that
 * every fork has had the same set-up.
 */
@State(Scope.Benchmark)
public abstract class Contest {
  @Param("vitrine")
  public String backend;

  @Param("squeezenet")
  public String model;

  @Param("1")
  public int batch;

  /** 0 for what the model was made for. */
  @Param("0")
  public int size;

  private Contender contender;

  abstract boolean needsGradients();

  /** What is timed. */
  abstract void step(Contender contender);

  /** Lets all compute, and loads the one. */
  @Setup(Level.Trial)
  public void setUp() {
    Workload workload = new Workload(model, batch, size);
    Competitor one = Competitors.get(backend);
    List<Competitor> all = new ArrayList<>(Competitors.present(needsGradients()));
    if (!all.contains(one) && all.stream().noneMatch(c -> c.name().equals(backend))) {
      throw new IllegalArgumentException(backend + " runs forward passes alone");
    }
    if (needsGradients()) {
      Competitors.agree(all, workload, Contender::inputGradient, Agreement.OF_GRADIENTS);
    } else {
      Competitors.agree(all, workload, Contender::output, Agreement.OF_OUTPUTS);
    }
    contender = one.prepare(workload);
    step(contender);
    NativeBytes.of(contender::nativeBytes);
  }

  /** Runs the step once. */
  final void step() {
    step(contender);
  }

  /** Frees the one. */
  @TearDown(Level.Trial)
  public void tearDown() {
    NativeBytes.of(() -> -1);
    contender.close();
  }
}
