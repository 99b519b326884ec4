package dev.vitrine.viz.method;

import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.Optional;

/** A rectangle of whole pixels. */
public record Patch(int top, int left, int height, int width) {

  /**
   * What one position of a layer sees of an input, as far as it lies within it.
   *
   * @param field the layer's; empty for a layer that sees everything
   * @param height of the input
   * @param width of the input
   */
  public static Patch seen(Optional<ReceptiveField> field, int y, int x, int height, int width) {
    if (field.isEmpty()) {
      return new Patch(0, 0, height, width);
    }
    int[] down = within(field.get().down(), y, height);
    int[] across = within(field.get().across(), x, width);
    return new Patch(down[0], across[0], down[1] - down[0], across[1] - across[0]);
  }

  /** First and one past the last; one pixel at least, where a padding's position sees none. */
  private static int[] within(ReceptiveField.Reach reach, int i, int extent) {
    int first = (int) Math.floor(i * reach.step() + reach.first());
    int end = (int) Math.ceil(i * reach.step() + reach.last()) + 1;
    int from = Math.max(0, Math.min(extent - 1, first));
    return new int[] {from, Math.max(from + 1, Math.min(extent, end))};
  }

  /** True if they have a pixel in common. */
  public boolean overlaps(Patch other) {
    return top < other.top + other.height
        && other.top < top + height
        && left < other.left + other.width
        && other.left < left + width;
  }

  /**
   * The same part of a photograph that the input was made of.
   *
   * @param seen the part of the photograph that the network sees, in the photograph's pixels
   * @param inputHeight of the input that this patch lies in
   * @param inputWidth of it
   * @param shown the photograph
   */
  public Patch of(Resize.Region seen, int inputHeight, int inputWidth, Picture shown) {
    double down = seen.height() / inputHeight;
    double across = seen.width() / inputWidth;
    int from = clip(Math.round(seen.top() + top * down), shown.height() - 1);
    int start = clip(Math.round(seen.left() + left * across), shown.width() - 1);
    int to = clip(Math.round(seen.top() + (top + height) * down), shown.height());
    int end = clip(Math.round(seen.left() + (left + width) * across), shown.width());
    return new Patch(from, start, Math.max(1, to - from), Math.max(1, end - start));
  }

  private static int clip(long at, int most) {
    return (int) Math.max(0, Math.min(most, at));
  }

  /** These pixels of a picture, which must have them. */
  public Picture cut(Picture picture) {
    byte[] from = picture.bytes();
    byte[] rgb = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      System.arraycopy(
          from, ((top + y) * picture.width() + left) * 3, rgb, y * width * 3, width * 3);
    }
    return Picture.of(height, width, rgb);
  }

  /**
   * These pixels of numbers.
   *
   * @param values {@code [h, w, 3]}
   * @param w of the whole
   */
  public float[] cut(float[] values, int w) {
    float[] cut = new float[height * width * 3];
    for (int y = 0; y < height; y++) {
      System.arraycopy(values, ((top + y) * w + left) * 3, cut, y * width * 3, width * 3);
    }
    return cut;
  }
}
