package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.image.Picture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;

final class GifTest {
  @Test
  void theFramesComeBackInTheirOrderAndForTheirTime() throws IOException {
    List<Picture> frames =
        List.of(plain(255, 0, 0), plain(0, 255, 0), plain(0, 0, 255), plain(255, 255, 255));
    byte[] bytes = Gif.of(frames, 10, 150);

    List<Picture> back = new ArrayList<>();
    List<String> delays = new ArrayList<>();
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in);
      for (int i = 0; i < reader.getNumImages(true); i++) {
        back.add(Picture.of(reader.read(i)));
        IIOMetadataNode root =
            (IIOMetadataNode) reader.getImageMetadata(i).getAsTree("javax_imageio_gif_image_1.0");
        delays.add(
            ((IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0))
                .getAttribute("delayTime"));
      }
    } finally {
      reader.dispose();
    }
    assertThat(back).isEqualTo(frames);
    assertThat(delays).containsExactly("10", "10", "10", "150");
    // Said once: some readers take every further one for a second animation.
    assertThat(new String(bytes, StandardCharsets.ISO_8859_1).split("NETSCAPE2.0", -1)).hasSize(2);
  }

  @Test
  void nothingIsNoAnimation() {
    assertThatThrownBy(() -> Gif.of(List.of(), 10, 10)).hasMessageContaining("without a frame");
  }

  private static Picture plain(int red, int green, int blue) {
    float[] rgb = new float[4 * 5 * 3];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = red;
      rgb[i + 1] = green;
      rgb[i + 2] = blue;
    }
    return Picture.ofFloats(4, 5, rgb);
  }
}
