package dev.vitrine.viz.cli;

import dev.vitrine.viz.maximize.Film;
import dev.vitrine.viz.render.Gif;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The frames of some images on their way, as many as an animation needs. */
final class Animation implements Film {
  private static final int FRAMES = 48;
  private static final int SIDE = 288;

  /** Hundredths of a second. */
  private static final int DELAY = 10;

  private static final int PAUSE = 200;

  private final int steps;
  private final int every;
  private final int height;
  private final int width;
  private final List<List<Picture>> frames;

  /**
   * Begins.
   *
   * @param images how many
   * @param steps in all
   * @param height of the last frame
   * @param width of the last frame
   */
  Animation(int images, int steps, int height, int width) {
    this.steps = steps;
    this.every = Math.max(1, (steps + FRAMES - 1) / FRAMES);
    double scale = Math.min(1, (double) SIDE / Math.max(height, width));
    this.height = (int) Math.max(1, Math.round(scale * height));
    this.width = (int) Math.max(1, Math.round(scale * width));
    this.frames =
        IntStream.range(0, images).<List<Picture>>mapToObj(i -> new ArrayList<>()).toList();
  }

  @Override
  public boolean wants(int step) {
    return step % every == 0 || step == steps;
  }

  @Override
  public void frame(int image, int h, int w, float[] colors) {
    frames.get(image).add(Resize.BICUBIC.apply(picture(h, w, colors), height, width));
  }

  /** The picture of colours {@code [h, w, 3]} in 0..1. */
  static Picture picture(int h, int w, float[] colors) {
    float[] pixels = new float[colors.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 255 * colors[i];
    }
    return Picture.ofFloats(h, w, pixels);
  }

  /** The colours of a picture, {@code [h, w, 3]} in 0..1. */
  static float[] colors(Picture picture) {
    float[] colors = picture.toFloats();
    for (int i = 0; i < colors.length; i++) {
      colors[i] /= 255;
    }
    return colors;
  }

  /** An image's animation as a GIF file. */
  byte[] gif(int image) {
    return Gif.of(frames.get(image), DELAY, PAUSE);
  }
}
