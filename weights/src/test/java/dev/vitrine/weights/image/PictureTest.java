package dev.vitrine.weights.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.array.Npy;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureTest {
  private static final Map<String, Npy> DECODED = Goldens.archive("decoded.npz");

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.png",
        "rgba.png",
        "grey.png",
        "grey-alpha.png",
        "bits.png",
        "palette.png",
        "palette-transparent.png",
        "rgb16.png",
        "grey16.png",
        "grey4.png",
        "color-key.png",
        "orientation-6.png",
        "rgb.bmp",
        "palette.bmp",
        "grey.bmp",
        "palette.gif",
        "transparent.gif",
        "animated.gif",
        "lossless.webp",
        "lossless-alpha.webp",
        "profile.png",
        "profile.webp"
      })
  void aLosslessFileGivesThePixelsThatPillowGives(String name) {
    Picture read = Picture.read(Goldens.file(name));
    Picture expected = Goldens.picture(DECODED.get(name));
    assertThat(read).hasToString(expected.toString());
    assertThat(Goldens.distance(read, expected)).isLessThanOrEqualTo(1);
  }

  // Decoders may round their cosine transforms differently from one release to the next.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.jpg",
        "progressive.jpg",
        "no-subsampling.jpg",
        "grey.jpg",
        "profile.jpg",
        "cmyk.jpg",
        "flat.webp",
        "lossy.webp",
        "lossy-alpha.webp"
      })
  void aLossyFileGivesThePixelsThatPillowGivesToThreeLevels(String name) {
    Picture read = Picture.read(Goldens.file(name));
    Picture expected = Goldens.picture(DECODED.get(name));
    assertThat(read).hasToString(expected.toString());
    assertThat(Goldens.distance(read, expected)).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aPhotographIsTurnedUprightAsItsExifDataSay(int tag) {
    String name = "orientation-" + tag + ".jpg";
    Picture read = Picture.read(Goldens.file(name));
    Picture expected = Goldens.picture(DECODED.get(name));
    assertThat(read).hasToString(expected.toString());
    assertThat(Goldens.distance(read, expected)).isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rgb.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "rgb.png",
        "palette.png",
        "rgb.bmp",
        "palette.gif",
        "lossless.webp",
        "lossy.webp"
      })
  void aTruncatedFileIsRefusedWhereverItEnds(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    Path file = folder.resolve("cut-" + name);
    for (int length = 27; length < whole.length - 2; length += 1 + whole.length / 40) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Picture.read(file))
          .as("%d of %d bytes", length, whole.length)
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageMatching("[^\\n]*(truncated|damaged)[^\\n]*");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"rgb.jpg", "cmyk.jpg", "rgb.png", "rgb.bmp", "palette.gif", "lossless.webp"})
  void aDamagedFileIsReadOrRefusedButNothingElseHappens(String name) throws IOException {
    byte[] whole = Files.readAllBytes(Goldens.file(name));
    Random random = new Random(7);
    Path file = folder.resolve("damaged-" + name);
    int refused = 0;
    for (int round = 0; round < 100; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 8; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        assertThat(Picture.read(file).height()).isPositive();
      } catch (BadInputException e) {
        assertThat(e.getMessage()).startsWith(file.toString()).doesNotContain("\n");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void whatIsNoPictureIsNamedInOneLine() throws IOException {
    refuses("nothing.png", null, "no such file");
    refuses("empty.png", "", "is empty");
    refuses("notes.png", "some notes", "not a picture");
    refuses("page.jpg", "<!DOCTYPE html><html>not found</html>", "a web page");
    refuses("drawing.png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG");
    refuses("phone.jpg", "\0\0\0\30ftypheic\0\0\0\0mif1heic", "HEIC");
    refuses(
        "pointer.png",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
        "git lfs pull");
    assertThatThrownBy(() -> Picture.read(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("a folder");
  }

  @Test
  void anAnimatedWebpAsksForOneFrame() {
    assertThatThrownBy(() -> Picture.read(Goldens.file("animated.webp")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("animated WebP");
  }

  @Test
  void aFileIsKnownByItsBytesAndNotByItsName() throws IOException {
    Path file = folder.resolve("really-a-png.jpg");
    Files.copy(Goldens.file("rgb.png"), file);
    assertThat(Picture.read(file)).isEqualTo(Picture.read(Goldens.file("rgb.png")));
  }

  @Test
  void aHugePictureIsRefusedByItsHeaderAlone() throws IOException {
    byte[] png = Files.readAllBytes(Goldens.file("rgb.png"));
    ByteBuffer.wrap(png).putInt(16, 40_000).putInt(20, 30_000);
    CRC32 checksum = new CRC32();
    checksum.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) checksum.getValue());
    Path file = folder.resolve("huge.png");
    Files.write(file, png);
    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("40000 x 30000 pixels, the limit is 100 million");
  }

  @ParameterizedTest
  @CsvSource({"png, 1, 1", "bmp, 1, 1", "gif, 1, 1", "jpg, 1, 1", "png, 1, 9", "png, 9, 1"})
  void aPictureOfOnePixelOrOneRowOfThemIsRefused(String format, int height, int width)
      throws IOException {
    Path file = folder.resolve("dot." + format);
    BufferedImage dot = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    assertThat(ImageIO.write(dot, format, file.toFile())).isTrue();
    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "%s: %d x %d pixels, expected 2 x 2 at least; choose a picture that shows something",
            file, width, height);
  }

  @Test
  void aPictureKeepsItsBytesToItself() {
    byte[] bytes = {1, 2, 3};
    Picture picture = Picture.of(1, 1, bytes);
    bytes[0] = 9;
    picture.bytes()[1] = 9;
    assertThat(picture.toFloats()).containsExactly(1, 2, 3);
  }

  @Test
  void floatsAreRoundedAndClipped() {
    Picture picture = Picture.ofFloats(1, 2, new float[] {-3, 0.49f, 0.5f, 254.6f, 300, Float.NaN});
    assertThat(picture.toFloats()).containsExactly(0, 0, 1, 255, 255, 0);
  }

  @Test
  void anAwtImageGoesThereAndBack() {
    Picture picture = Picture.read(Goldens.file("rgb.png"));
    assertThat(Picture.of(picture.toBufferedImage())).isEqualTo(picture);
    assertThat(picture.toBufferedImage().getRGB(2, 1) & 0xffffff)
        .isEqualTo(picture.get(1, 2, 0) << 16 | picture.get(1, 2, 1) << 8 | picture.get(1, 2, 2));
  }

  private void refuses(String name, String content, String message) throws IOException {
    Path file = folder.resolve(name);
    if (content != null) {
      Files.write(file, content.getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }
}
