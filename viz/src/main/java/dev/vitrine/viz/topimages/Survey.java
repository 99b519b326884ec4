package dev.vitrine.viz.topimages;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Many photographs through a network up to a layer, in order, a few at a time: while the network
 * works on some, the next are read. The rounds are cut by the files' numbers alone, so that a
 * survey that goes on where another was stopped finds the same bits.
 */
public final class Survey {
  private static final int ROUND = 32;

  /** Numbers of the maps that come back from the network at a time. */
  private static final int MAPS = 1 << 23;

  private final Network network;
  private final String layer;
  private final Function<Path, Prepared> reader;
  private final Listen listen;
  private final boolean anySize;
  private final int round;

  /**
   * A photograph as the network takes it.
   *
   * @param values {@code [h, w, c]}, preprocessed
   */
  public record Prepared(int h, int w, float[] values) {}

  /** Hears how it goes. */
  public interface Listener {
    /** A file that is no picture, with the reason in one line. */
    void unreadable(int file, String why);

    /** All files before this one are done; called between rounds. */
    void done(int files);
  }

  /**
   * A survey to be.
   *
   * @param layer the layer whose channels are ranked
   * @param reader reads a file, on several threads at once; a {@link BadInputException} says that
   *     it is no picture
   */
  public Survey(Network network, String layer, Function<Path, Prepared> reader) {
    this.network = network;
    this.layer = layer;
    this.reader = reader;
    this.listen = Listen.only(layer);
    Shape in = network.inputShape();
    this.anySize = in.dim(1) == 0 || in.dim(2) == 0;
    this.round = anySize ? 1 : fitting(in);
  }

  private int fitting(Shape in) {
    long maps = network.shapes(in.with(0, 1), listen).get(layer).size();
    int within =
        network.imagesWithin(network.backend().memoryBudget(), in.dim(1), in.dim(2), listen);
    return (int) Math.max(1, Math.min(Math.min(ROUND, within), MAPS / maps));
  }

  /**
   * Ranks the files from number {@code from} on, a multiple of the round that another survey of the
   * same files ended with.
   */
  public void run(List<Path> files, int from, Ranking ranking, Listener listener) {
    int ahead = anySize ? Runtime.getRuntime().availableProcessors() : 2 * round;
    List<Path> left = files.subList(from, files.size());
    try (ReadAhead<Prepared> read = new ReadAhead<>(left, ahead, reader)) {
      for (int start = from; start < files.size(); start += round) {
        int end = Math.min(files.size(), start + round);
        List<Integer> numbers = new ArrayList<>();
        List<Prepared> images = new ArrayList<>();
        for (int i = start; i < end; i++) {
          try {
            images.add(read.next());
            numbers.add(i);
          } catch (BadInputException e) {
            listener.unreadable(i, e.getMessage());
          }
        }
        if (!images.isEmpty()) {
          rank(numbers, images, ranking);
        }
        listener.done(end);
      }
    }
  }

  private void rank(List<Integer> numbers, List<Prepared> images, Ranking ranking) {
    Prepared first = images.get(0);
    int each = first.values().length;
    float[] batch = new float[images.size() * each];
    for (int i = 0; i < images.size(); i++) {
      System.arraycopy(images.get(i).values(), 0, batch, i * each, each);
    }
    Shape shape = Shape.of(images.size(), first.h(), first.w(), each / (first.h() * first.w()));
    try (Scope scope = new Scope(network.backend());
        Run run = network.forward(scope.of(shape, batch), listen)) {
      Tensor maps = run.output(layer);
      int h = maps.shape().rank() == 4 ? maps.shape().dim(1) : 1;
      int w = maps.shape().rank() == 4 ? maps.shape().dim(2) : 1;
      float[] values = maps.toFloats();
      int size = values.length / images.size();
      for (int i = 0; i < images.size(); i++) {
        ranking.offer(numbers.get(i), values, i * size, h, w);
      }
    }
  }
}
