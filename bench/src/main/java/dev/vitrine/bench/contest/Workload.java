package dev.vitrine.bench.contest;

import dev.vitrine.bench.Mixed;
import dev.vitrine.bench.Vgg16;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;

/**
 * What all competitors compute: a network up to its logits for a batch of images, and the gradient
 * at the images of the sum of the first channel (the first class' logit, where there are classes).
 *
 * @param model {@code squeezenet}, {@code vgg16}, {@code vgg16-notop}, {@code vgg16-tiny}, or one
 *     of VGG16's convolutions by itself, {@code block1_conv1} to {@code block5_conv3}
 * @param batch images at once
 * @param size their height and width, or 0 for what the model was made for
 */
public record Workload(String model, int batch, int size) {

  /** The network on a backend; the caller closes it. */
  public Network open(Backend backend) {
    return switch (model) {
      case "squeezenet" -> Models.open(model, backend, Overrides.NONE).network();
      case "vgg16" -> Vgg16.FULL.on(backend);
      case "vgg16-notop" -> new Vgg16(224, 1, false).on(backend);
      case "vgg16-tiny" -> Vgg16.TINY.on(backend);
      default -> Vgg16.FULL.convolution(model, backend);
    };
  }

  /** The layer whose output is asked for: the logits, or the last maps. */
  public static String output(Network network) {
    return network.has("pool10") ? "pool10" : network.output();
  }

  /** {@code [batch, h, w, c]}. */
  public Shape images(Network network) {
    Shape own = network.inputShape();
    int h = size == 0 ? own.dim(1) : size;
    int w = size == 0 ? own.dim(2) : size;
    return Shape.of(batch, h, w, own.dim(3));
  }

  /** The images' numbers, the same for everyone. */
  public static float[] pixels(Shape images) {
    return Mixed.values(0, Math.toIntExact(images.size()), 100);
  }

  /**
   * The derivative of the sum of the first channels, for an output of this size: of several, since
   * one alone may be dead at some size, and nothing can be compared then.
   */
  public static float[] seed(int size, int channels) {
    float[] seed = new float[size];
    for (int i = 0; i < size; i++) {
      seed[i] = i % channels < 16 ? 1 : 0;
    }
    return seed;
  }

  @Override
  public String toString() {
    return "%s, batch %d%s".formatted(model, batch, size == 0 ? "" : ", " + size + " pixels");
  }
}
