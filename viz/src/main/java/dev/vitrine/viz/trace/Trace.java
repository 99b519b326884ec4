package dev.vitrine.viz.trace;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.structure.ReceptiveField;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What every layer made of a score's gradient, as numbers that a page can carry. Its records are
 * what the page's script reads, under these names.
 *
 * @param score the value whose gradient was sent back
 * @param rule of the ReLUs
 * @param input the name of the network's input
 * @param tensors what flows between the layers, by the layer that makes it, the input too
 * @param steps the layers from the score to the input
 * @param balance how the score comes about, or null where the identity does not hold: by another
 *     rule than the gradient, or with a layer that is not straight
 */
public record Trace(
    double score,
    String rule,
    String input,
    Map<String, Maps> tensors,
    List<Step> steps,
    Balance balance) {

  /**
   * A layer's output and the gradient there.
   *
   * @param row true for a row of numbers, {@code [n, c]}; h and w are 1 then
   * @param channels whose planes are carried; null for all in their order
   * @param values float32 {@code [channels, h, w]}
   * @param gradient the same
   * @param all {@code values} of all channels in numbers
   * @param arriving {@code gradient} of all channels in numbers
   * @param field rows then columns: step, first and last of {@link ReceptiveField}; null if a cell
   *     sees all of the input
   */
  record Maps(
      int h,
      int w,
      int c,
      boolean row,
      int[] channels,
      byte[] values,
      byte[] gradient,
      Figures all,
      Figures arriving,
      double[] field) {

    private static Maps of(
        Tensor values, Tensor gradient, int[] channels, Optional<ReceptiveField> field) {
      Shape s = values.shape();
      boolean maps = s.rank() == 4;
      int c = Selection.channels(s);
      float[] a = values.toFloats();
      float[] g = gradient.toFloats();
      return new Maps(
          maps ? s.dim(1) : 1,
          maps ? s.dim(2) : 1,
          c,
          !maps,
          channels.length == c ? null : channels,
          Floats.planes(a, c, channels),
          Floats.planes(g, c, channels),
          Figures.of(a),
          Figures.of(g),
          field.map(Maps::numbers).orElse(null));
    }

    private static double[] numbers(ReceptiveField f) {
      return new double[] {
        f.down().step(), f.down().first(), f.down().last(),
        f.across().step(), f.across().first(), f.across().last()
      };
    }
  }

  /**
   * A layer on the way.
   *
   * @param op what tables call its operation
   * @param inputs the tensors that it reads; each among {@link Trace#tensors}
   * @param weights between the channels carried, or null
   * @param switches of a max pooling's channels carried, {@code [channels, h, w]}, or null
   * @param leaving what it sends back to each input, of all channels
   * @param shares what it sends back where other layers send something to the same input too, in
   *     planes as that input's; null elsewhere, since it is the input's gradient
   * @param rules of a ReLU: what the three rules send back; null elsewhere
   */
  record Step(
      String layer,
      Kind kind,
      String op,
      List<String> inputs,
      Geometry geometry,
      Weights weights,
      byte[] switches,
      List<Figures> leaving,
      List<byte[]> shares,
      Adjoint adjoint,
      List<RuleFigures> rules) {}

  /**
   * How a score is made of the input and of the layers' own numbers: {@code score = <x, gradient> +
   * the sum of <f(0), g> over the layers}.
   */
  record Balance(double pixels, double biases) {}

  /**
   * What a layer did, in a line.
   *
   * @param arriving the norm of the gradient that arrives
   * @param leaving the norm of all that leaves
   * @param zeroed how many of the arriving numbers other than zero a ReLU stopped; null elsewhere
   * @param forwards {@code <J x, g>}
   * @param backwards {@code <x, J' g>}
   * @param adjoint true if the two agree
   */
  public record Line(
      String layer,
      String kind,
      double arriving,
      double leaving,
      Long zeroed,
      double forwards,
      double backwards,
      boolean adjoint) {}

  /** What every layer did, from the score to the input. */
  public List<Line> lines() {
    return steps.stream()
        .map(
            s ->
                new Line(
                    s.layer(),
                    s.kind().toString(),
                    tensors.get(s.layer()).arriving().norm(),
                    Math.sqrt(s.leaving().stream().mapToDouble(f -> f.norm() * f.norm()).sum()),
                    s.rules() == null
                        ? null
                        : s.rules().stream()
                            .filter(r -> r.rule().equals(rule))
                            .findFirst()
                            .map(RuleFigures::zeroed)
                            .orElseThrow(),
                    s.adjoint().forwards(),
                    s.adjoint().backwards(),
                    s.adjoint().holds()))
        .toList();
  }

  /** What has arrived at the input, {@code [h, w, c]}, if the page carries all of its channels. */
  public float[] gradient() {
    Maps at = tensors.get(input);
    FloatBuffer planes =
        ByteBuffer.wrap(at.gradient()).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[planes.capacity()];
    int pixels = at.h() * at.w();
    for (int i = 0; i < values.length; i++) {
      values[i] = planes.get(i % at.c() * pixels + i / at.c());
    }
    return values;
  }

  /** True if nothing has arrived at the input. */
  public boolean allZero() {
    return tensors.get(input).arriving().largest() == 0;
  }

  static Trace of(
      Network network,
      List<BackwardContext> walk,
      Tensor x,
      Tensor gradient,
      double score,
      ReluRule rule,
      boolean all,
      IntConsumer progress) {
    Map<String, Optional<ReceptiveField>> fields =
        ReceptiveField.of(network, network.shapes(x.shape()));
    Selection selection = Selection.of(walk, network.input(), x.shape(), all);
    Map<String, Integer> readers = new HashMap<>();
    walk.forEach(c -> c.layer().inputs().forEach(in -> readers.merge(in, 1, Integer::sum)));
    Map<String, Maps> tensors = new LinkedHashMap<>();
    List<Step> steps = new ArrayList<>();
    for (BackwardContext c : walk) {
      String name = c.layer().name();
      tensors.put(name, Maps.of(c.output(), c.gradOutput(), selection.of(name), fields.get(name)));
      steps.add(step(c, selection, readers));
      progress.accept(1);
    }
    String input = network.input();
    tensors.put(input, Maps.of(x, gradient, selection.of(input), fields.get(input)));
    boolean straight = steps.stream().allMatch(s -> s.adjoint().straight());
    Balance balance = null;
    if (rule == ReluRule.GRADIENT && straight) {
      double biases = steps.stream().mapToDouble(s -> s.adjoint().bias()).sum();
      balance = new Balance(product(x.toDoubles(), gradient.toDoubles()), biases);
    }
    return new Trace(
        score,
        RuleFigures.name(rule),
        input,
        Collections.unmodifiableMap(tensors),
        List.copyOf(steps),
        balance);
  }

  private static Step step(BackwardContext c, Selection selection, Map<String, Integer> readers) {
    Layer layer = c.layer();
    Kind kind = Kind.of(c);
    List<Figures> leaving = new ArrayList<>();
    List<byte[]> shares = new ArrayList<>();
    for (int i = 0; i < layer.inputs().size(); i++) {
      String in = layer.inputs().get(i);
      float[] g = c.gradInputs().get(i).toFloats();
      leaving.add(Figures.of(g));
      int channels = Selection.channels(c.inputs().get(i).shape());
      shares.add(readers.get(in) > 1 ? Floats.planes(g, channels, selection.of(in)) : null);
    }
    int[] out = selection.of(layer.name());
    return new Step(
        layer.name(),
        kind,
        layer.op().type(),
        layer.inputs(),
        Geometry.of(
            layer.op(), c.inputs().stream().map(Tensor::shape).toList(), c.output().shape()),
        Weights.of(c, selection.of(layer.inputs().get(0)), out),
        kind == Kind.MAX_POOL ? switches(c, out) : null,
        leaving,
        shares,
        Adjoint.of(c),
        kind == Kind.RELU ? RuleFigures.of(c) : null);
  }

  private static byte[] switches(BackwardContext c, int[] channels) {
    int[] all = c.switches();
    int of = Selection.channels(c.output().shape());
    int pixels = all.length / of;
    byte[] planes = new byte[pixels * channels.length];
    for (int k = 0; k < channels.length; k++) {
      for (int p = 0; p < pixels; p++) {
        planes[k * pixels + p] = (byte) all[p * of + channels[k]];
      }
    }
    return planes;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
