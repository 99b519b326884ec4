package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MoveAxis;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Upsample;
import java.util.ArrayList;
import java.util.List;

/** Layers that move or scale what they are given. */
final class Shaping {
  private Shaping() {}

  /** Rows are in the engine's order always; a Dense layer arranges its weights for them. */
  static void flatten(Call call) {
    Shape x = call.only();
    // Keras' own channels_first turns the image before it flattens it, whatever the layers did.
    boolean turned = x.rank() == 4 && call.settings().has("data_format") && call.channelsFirst();
    if (turned) {
      call.image();
    }
    boolean first = x.rank() == 4 && call.order(0).kind() == Order.Kind.CHANNELS_FIRST;
    call.add(
        Reshape.flatten(),
        first && !turned ? Order.flat(call.only()) : turned ? Order.SAME : call.order(0));
  }

  static void reshape(Call call) {
    call.only();
    call.same(0);
    call.add(new Reshape(call.settings().wholes("target_shape", -1)));
  }

  /** One axis after the other is put in its place. */
  static void permute(Call call) {
    call.only();
    int rank = call.same(0).rank();
    List<Integer> wanted = call.settings().wholes("dims", 1);
    List<Integer> now = new ArrayList<>();
    for (int axis = 1; axis < rank; axis++) {
      now.add(axis);
    }
    if (!wanted.stream().sorted().toList().equals(now)) {
      throw call.settings().unexpected("dims", "each of 1 to " + (rank - 1) + " once");
    }
    List<MoveAxis> moves = new ArrayList<>();
    for (int to = 1; to < rank; to++) {
      int from = now.indexOf(wanted.get(to - 1)) + 1;
      if (from != to) {
        moves.add(new MoveAxis(from, to));
        now.add(to - 1, now.remove(from - 1));
      }
    }
    List<String> from = call.inputs();
    for (int i = 0; i < moves.size() - 1; i++) {
      from = List.of(call.step("." + (i + 1), moves.get(i), from));
    }
    call.addAfter(from, moves.isEmpty() ? new Identity("Permute") : moves.get(moves.size() - 1));
  }

  static void pad(Call call) {
    call.image();
    int[] sides = call.settings().sides("padding");
    call.add(new Pad(sides[0], sides[2], sides[1], sides[3], 0));
  }

  static void crop(Call call) {
    call.image();
    int[] sides = call.settings().sides("cropping");
    call.add(new Crop(sides[0], sides[2], sides[1], sides[3]));
  }

  static void upsample(Call call) {
    call.image();
    Settings s = call.settings();
    int[] factors = s.has("size") ? s.pair("size", 1) : new int[] {2, 2};
    Interpolation filter =
        switch (s.text("interpolation", "nearest")) {
          case "nearest" -> Interpolation.NEAREST;
          case "bilinear" -> Interpolation.BILINEAR;
          // Enlarging needs no antialiasing; the filters differ in their a and at the edges.
          case "bicubic" -> Interpolation.BICUBIC_ANTIALIASED;
          default -> throw s.unexpected("interpolation", "nearest, bilinear or bicubic");
        };
    call.add(new Upsample(filter, factors[0], factors[1]));
  }

  static void rescale(Call call) {
    Settings s = call.settings();
    double[] scale = s.numbers("scale", 1);
    double[] offset = s.numbers("offset", 0);
    if (scale.length == 1 && offset.length == 1) {
      call.only();
      call.add(new Elementwise(Unary.LINEAR, scale[0], offset[0]));
      return;
    }
    int channels = call.along("scale", -1).dim(-1);
    String scaled =
        call.step(
            ".scaled",
            new Arithmetic(Binary.MULTIPLY),
            call.inputs(),
            call.constant("scale", Weighted.spread(call, "scale", channels)));
    call.addAfter(
        List.of(scaled),
        new Arithmetic(Binary.ADD),
        call.constant("offset", Weighted.spread(call, "offset", channels)));
  }
}
