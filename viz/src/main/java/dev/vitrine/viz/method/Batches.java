package dev.vitrine.viz.method;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import java.util.function.IntConsumer;

/**
 * Many inputs of a subject's shape through its network, as many side by side as fit into the
 * backend's memory budget.
 *
 * @param subject its objective is asked of every input
 * @param most inputs side by side; a number beyond it gains no speed
 * @param progress is told how many more inputs are done
 */
public record Batches(Subject subject, String from, int most, IntConsumer progress) {
  /** Enough to keep the devices busy: beyond it SqueezeNet gains nothing, see bench/results. */
  public static final int ENOUGH = 32;

  /** As many as are enough. */
  public Batches(Subject subject, IntConsumer progress) {
    this(subject, null, ENOUGH, progress);
  }

  /** As many as are enough, from a layer on. */
  public Batches(Subject subject, String from, IntConsumer progress) {
    this(subject, from, ENOUGH, progress);
  }

  /** Writes the input of a number into an array. */
  public interface Source {
    /** Writes {@code h * w * c} numbers from {@code offset} on. */
    void fill(int i, float[] batch, int offset);
  }

  /** Takes what one input gave. */
  public interface Visitor {
    /**
     * Called once for each input, in order.
     *
     * @param gradients holds the input's gradient, {@code [h, w, c]}, from {@code offset} on
     */
    void visit(int i, double value, float[] gradients, int offset);
  }

  /** The objective's value for each of {@code count} inputs. */
  public double[] values(int count, Source source) {
    double[] values = new double[count];
    Listen listen = Listen.only(subject.objective().layer());
    each(
        count,
        source,
        listen,
        null,
        (first, batch) -> {
          double[] some = batch.values();
          System.arraycopy(some, 0, values, first, some.length);
        });
    return values;
  }

  /** The objective's value and its gradient at each of {@code count} inputs. */
  public void gradients(ReluRule rule, int count, Source source, Visitor visitor) {
    Listen listen = Listen.only(subject.objective().layer()).withGradients();
    each(
        count,
        source,
        listen,
        rule,
        (first, batch) -> {
          double[] values = batch.values();
          float[] gradients = batch.gradients();
          for (int i = 0; i < values.length; i++) {
            visitor.visit(first + i, values[i], gradients, i * subject.input().length);
          }
        });
  }

  private interface Work {
    void on(int first, RepeatedBatch batch);
  }

  private void each(int count, Source source, Listen listen, ReluRule rule, Work work) {
    Network network = subject.network();
    long budget = network.backend().memoryBudget();
    int fit =
        from == null
            ? network.imagesWithin(budget, subject.height(), subject.width(), listen)
            : most;
    int size = Math.min(Math.min(fit, most), count);
    int whole = count / size * size;
    each(0, whole, size, source, listen, rule, work);
    each(whole, count, count - whole, source, listen, rule, work);
  }

  /** Batches of one size from one input to another. */
  private void each(
      int first, int end, int size, Source source, Listen listen, ReluRule rule, Work work) {
    if (first == end) {
      return;
    }
    float[] numbers = new float[size * subject.input().length];
    try (RepeatedBatch batch = new RepeatedBatch(subject, from, size, listen, rule)) {
      for (int at = first; at < end; at += size) {
        for (int i = 0; i < size; i++) {
          source.fill(at + i, numbers, i * subject.input().length);
        }
        batch.run(numbers);
        work.on(at, batch);
        progress.accept(size);
      }
    }
  }
}
