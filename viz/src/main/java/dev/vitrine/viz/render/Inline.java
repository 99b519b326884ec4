package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resampling;
import dev.vitrine.weights.image.Resize;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pictures as data URIs, so that a page carries them with it. */
public final class Inline {
  private static final float QUALITY = 0.9f;

  private Inline() {}

  /** A photograph as JPEG, its longer side at most so many pixels. */
  public static String photograph(Picture photograph, int longest) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      Picture small = Resize.BILINEAR.within(photograph, longest);
      writer.write(null, new IIOImage(small.toBufferedImage(), null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    } finally {
      writer.dispose();
    }
    return uri("jpeg", bytes);
  }

  /** A picture without loss, its longer side at most so many pixels. */
  public static String picture(Picture picture, int longest) {
    return png(Resize.BILINEAR.within(picture, longest).toBufferedImage());
  }

  /**
   * As {@link #map}, a coarse one enlarged with a cubic filter: a browser's would show its cells.
   */
  public static String smooth(float[] values, int h, int w, ColorMap colors, int longest) {
    int times = longest / (2 * Math.max(h, w));
    if (times < 2) {
      return map(values, h, w, colors, longest);
    }
    float[] large = Resampling.map(values, h, w, h * times, w * times, Resampling.Filter.CUBIC);
    return map(large, h * times, w * times, colors, longest);
  }

  /** A map {@code [h, w]} of numbers in 0..1 in the map's 256 colours. */
  public static String map(float[] values, int h, int w, ColorMap colors, int longest) {
    int longer = Math.max(h, w);
    int toH = longer > longest ? Math.max(1, h * longest / longer) : h;
    int toW = longer > longest ? Math.max(1, w * longest / longer) : w;
    float[] shown =
        longer > longest
            ? Resampling.map(values, h, w, toH, toW, Resampling.Filter.TRIANGLE)
            : values;
    byte[][] rgb = new byte[3][256];
    for (int i = 0; i < 256; i++) {
      int color = colors.rgb((i + 0.5f) / 256);
      for (int c = 0; c < 3; c++) {
        rgb[c][i] = (byte) (color >> (16 - 8 * c));
      }
    }
    IndexColorModel palette = new IndexColorModel(8, 256, rgb[0], rgb[1], rgb[2]);
    BufferedImage image = new BufferedImage(toW, toH, BufferedImage.TYPE_BYTE_INDEXED, palette);
    for (int p = 0; p < shown.length; p++) {
      int index = Math.max(0, Math.min(255, (int) (shown[p] * 256)));
      image.getRaster().setSample(p % toW, p / toW, 0, index);
    }
    return png(image);
  }

  private static String png(RenderedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, "png", bytes)) {
        throw new IllegalStateException("this Java has no PNG writer (module java.desktop)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory
    }
    return uri("png", bytes);
  }

  private static String uri(String type, ByteArrayOutputStream bytes) {
    return "data:image/"
        + type
        + ";base64,"
        + Base64.getEncoder().encodeToString(bytes.toByteArray());
  }
}
