package dev.vitrine.viz.trace;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The channels of each layer whose numbers a page carries: those with the largest part in the
 * score, that is the sum over the map of |activation times gradient|. Layers that keep channels
 * apart share the choice, so that one can be followed; rows of numbers are carried whole.
 */
final class Selection {
  /** Where not all channels fit. */
  private static final int MOST = 8;

  /** Activations and gradients, in bytes; in base64 that is a third more. */
  private static final long BUDGET = 15_000_000;

  private final Map<String, int[]> chosen = new HashMap<>();
  private final int most;

  private Selection(int most) {
    this.most = most;
  }

  /**
   * Chooses.
   *
   * @param steps from the score to the input
   * @param all true for every channel, whatever they take
   */
  static Selection of(List<BackwardContext> steps, String input, Shape x, boolean all) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    steps.forEach(c -> shapes.put(c.layer().name(), c.output().shape()));
    shapes.put(input, x);
    Selection selection = new Selection(all ? Integer.MAX_VALUE : most(shapes));
    steps.forEach(selection::choose);
    selection.chosen.computeIfAbsent(input, k -> first(Math.min(channels(x), selection.most)));
    return selection;
  }

  /** Every channel where all fit, or else as many of each layer as do, up to eight. */
  static int most(Map<String, Shape> shapes) {
    if (bytes(shapes, Integer.MAX_VALUE) <= BUDGET) {
      return Integer.MAX_VALUE;
    }
    int most = MOST;
    while (most > 1 && bytes(shapes, most) > BUDGET) {
      most--;
    }
    return most;
  }

  static long bytes(Map<String, Shape> shapes, int most) {
    long sum = 0;
    for (Shape s : shapes.values()) {
      int channels = channels(s);
      long carried = s.rank() == 4 ? Math.min(most, channels) : channels;
      sum += s.size() / channels * carried * 2 * Float.BYTES;
    }
    return sum;
  }

  private void choose(BackwardContext c) {
    Kind kind = Kind.of(c);
    Shape y = c.output().shape();
    int[] out = chosen.computeIfAbsent(c.layer().name(), k -> strongest(c, kind));
    int offset = 0;
    for (int i = 0; i < c.inputs().size(); i++) {
      Shape x = c.inputs().get(i).shape();
      String from = c.layer().inputs().get(i);
      int start = offset;
      int end = offset + channels(x);
      if (kind == Kind.CONCAT) {
        int[] part = part(out, start, end);
        if (part.length > 0) { // else it chooses for itself when its turn comes
          chosen.putIfAbsent(from, part);
        }
        offset = end;
      } else if (kind.isChannelwise() && channels(x) == channels(y)) {
        chosen.putIfAbsent(from, out);
      }
    }
  }

  /** The choice among the channels that one input of a concatenation gives. */
  private static int[] part(int[] out, int start, int end) {
    int[] part =
        Arrays.stream(out).filter(o -> o >= start && o < end).map(o -> o - start).toArray();
    return part.length == end - start ? first(part.length) : part;
  }

  private int[] strongest(BackwardContext c, Kind kind) {
    Shape y = c.output().shape();
    if (y.rank() != 4 || channels(y) <= most) {
      return first(channels(y));
    }
    if (kind != Kind.CONCAT) {
      return strongest(c, most);
    }
    double[] parts = parts(c);
    IntStream found = IntStream.empty(); // some of every part, so that all can be followed
    int start = 0;
    int each = Math.max(1, most / c.inputs().size());
    for (Tensor x : c.inputs()) {
      int end = start + channels(x.shape());
      int[] own = strongestFirst(parts, IntStream.range(start, end).toArray());
      found = IntStream.concat(found, Arrays.stream(own).limit(each));
      start = end;
    }
    return strongestFirst(parts, found.toArray());
  }

  /** The channels of a layer's output with the largest part in the score, the largest first. */
  static int[] strongest(BackwardContext c, int most) {
    double[] parts = parts(c);
    return Arrays.stream(strongestFirst(parts, first(parts.length))).limit(most).toArray();
  }

  private static double[] parts(BackwardContext c) {
    double[] parts = new double[channels(c.output().shape())];
    float[] a = c.output().toFloats();
    float[] g = c.gradOutput().toFloats();
    for (int i = 0; i < a.length; i++) {
      // Where no gradient arrives the activation decides, far behind all others.
      parts[i % parts.length] += Math.abs((double) a[i] * g[i]) + 1e-30 * Math.abs(a[i]);
    }
    return parts;
  }

  private static int[] strongestFirst(double[] parts, int[] of) {
    return Arrays.stream(of)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer c) -> -parts[c]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int[] first(int channels) {
    return IntStream.range(0, channels).toArray();
  }

  /** Maps have channels; of a row every number counts as one. */
  static int channels(Shape s) {
    return s.rank() == 4 ? s.dim(3) : Math.toIntExact(s.size());
  }

  /** The channels of a layer: all in their order, or the strongest first. */
  int[] of(String layer) {
    return chosen.get(layer);
  }
}
