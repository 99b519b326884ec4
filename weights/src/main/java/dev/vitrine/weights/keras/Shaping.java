package dev.vitrine.weights.keras;

import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Reshape;

/** Layers that move or scale what they are given. */
final class Shaping {
  private Shaping() {}

  static void flatten(Call call) {
    if (call.only().rank() == 4) {
      call.image();
    }
    call.add(Reshape.flatten());
  }

  static void reshape(Call call) {
    call.only();
    call.add(new Reshape(call.settings().wholes("target_shape", -1)));
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

  static void rescale(Call call) {
    call.only();
    Settings s = call.settings();
    call.add(new Elementwise(Unary.LINEAR, s.number("scale", 1), s.number("offset", 0)));
  }
}
