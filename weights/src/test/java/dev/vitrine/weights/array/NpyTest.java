package dev.vitrine.weights.array;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyTest {
  @TempDir Path folder;

  @Test
  void everyKindThatNumpyWroteIsRead() {
    Map<String, Npy> arrays = golden();
    assertThat(arrays.keySet())
        .containsExactly("float32", "float64", "uint8", "int32", "int64", "scalar", "empty");
    assertThat(arrays.get("float32").shape()).containsExactly(2, 3);
    assertThat(arrays.get("float32").floats()).containsExactly(0, 0.5f, 1, 1.5f, 2, -2.5f);
    assertThat(arrays.get("float64").doubles()).containsExactly(Math.PI, -1e300);
    assertThat(arrays.get("uint8").ints()).containsExactly(0, 127, 128, 255);
    assertThat(arrays.get("int32").ints()).containsExactly(-5, 2147483647);
    assertThat(arrays.get("int64").doubles()).containsExactly(-1, 9007199254740992.0);
    assertThat(arrays.get("scalar").shape()).isEmpty();
    assertThat(arrays.get("scalar").floats()).containsExactly(42);
    assertThat(arrays.get("empty").shape()).containsExactly(0, 4);
  }

  @Test
  void whatIsWrittenIsNumpysFileToTheByte() throws IOException {
    byte[] expected;
    try (var in = NpyTest.class.getResourceAsStream("float32.npy")) {
      expected = in.readAllBytes();
    }
    assertThat(Npy.bytes(new int[] {2, 3}, new float[] {0, 0.5f, 1, 1.5f, 2, -2.5f}))
        .isEqualTo(expected);
  }

  @Test
  void whatIsWrittenIsReadBackInEveryShape() throws IOException {
    for (int[] shape : new int[][] {{}, {1}, {5}, {2, 0}, {3, 4}, {2, 3, 3}, {1, 2, 3, 4, 5}}) {
      float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = i - 1.5f;
      }
      byte[] bytes = Npy.bytes(shape, values);
      assertThat((bytes.length - 4 * values.length) % 64).isZero();
      Path file = Files.write(folder.resolve("a.npy"), bytes);
      assertThat(Npy.read(file).shape()).isEqualTo(shape);
      assertThat(Npy.read(file).floats()).isEqualTo(values);
    }
  }

  @Test
  void whatCannotBeReadIsRefusedByName() throws IOException {
    byte[] good = Npy.bytes(new int[] {4}, new float[4]);
    refuses(replace(good, "False, ", "True,  "), "Fortran");
    refuses(replace(good, "<f4", ">f4"), ">f4");
    refuses(Arrays.copyOf(good, good.length - 1), "15 bytes of data, expected 16");
    refuses(Arrays.copyOf(good, 40), "header");
    refuses("not numpy at all".getBytes(ISO_8859_1), "not a NumPy");
    assertThatThrownBy(() -> Npy.readArchive("x.npz", new ByteArrayInputStream(good)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("x.npz");
    assertThatThrownBy(() -> Npy.bytes(new int[] {2}, new float[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void refuses(byte[] bytes, String message) throws IOException {
    Path file = Files.write(folder.resolve("bad.npy"), bytes);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(message);
  }

  private static byte[] replace(byte[] bytes, String from, String to) {
    return new String(bytes, ISO_8859_1).replace(from, to).getBytes(ISO_8859_1);
  }

  private static Map<String, Npy> golden() {
    return Npy.readArchive("arrays.npz", NpyTest.class.getResourceAsStream("arrays.npz"));
  }
}
