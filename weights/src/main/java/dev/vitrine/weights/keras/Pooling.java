package dev.vitrine.weights.keras;

import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Sliding;

/** Poolings, and the padding that they share with convolutions. */
final class Pooling {
  private Pooling() {}

  static void max(Call call) {
    call.add(new MaxPool2d(sliding(call)));
  }

  static void average(Call call) {
    call.add(new AveragePool2d(sliding(call)));
  }

  static void global(Call call, Reduction kind) {
    call.image();
    call.add(new GlobalPool2d(kind, call.settings().flag("keepdims", false)));
  }

  private static Sliding sliding(Call call) {
    call.image();
    Settings s = call.settings();
    int[] size = s.pair("pool_size", 1);
    int[] stride = s.has("strides") ? s.pair("strides", 1) : size;
    return new Sliding(Window.of(size[0], size[1], stride[0], stride[1]), same(s));
  }

  /** True for padding "same", false for "valid". */
  static boolean same(Settings settings) {
    return switch (settings.text("padding", "valid")) {
      case "same" -> true;
      case "valid" -> false;
      default -> throw settings.unexpected("padding", "valid or same");
    };
  }
}
