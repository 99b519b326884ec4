package dev.vitrine.weights.array;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vitrine.weights.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * NumPy's file format: {@code .npy} version 1.0 in little-endian, row-major (C) order, and the
 * {@code .npz} archive of several. Float32 is written; float32, float64, uint8, int32 and int64 are
 * read.
 */
public final class Npy {
  private static final byte[] MAGIC = "\u0093NUMPY\1\0".getBytes(ISO_8859_1);
  private static final int HEADER_ALIGNMENT = 64;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

  private final int[] shape;
  private final double[] values;

  private Npy(int[] shape, double[] values) {
    this.shape = shape;
    this.values = values;
  }

  /**
   * The bytes of a float32 {@code .npy} file.
   *
   * @param shape may be empty for a single number
   * @param values in row-major order, as many as the shape has
   */
  public static byte[] bytes(int[] shape, float[] values) {
    if (count(shape) != values.length) {
      throw new IllegalArgumentException(
          values.length + " values for the shape " + Arrays.toString(shape));
    }
    byte[] header = header(shape);
    ByteBuffer file =
        ByteBuffer.allocate(header.length + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(header);
    file.asFloatBuffer().put(values);
    return file.array();
  }

  /** What stands before the numbers, little-endian float32 in row-major order. */
  public static byte[] header(int[] shape) {
    String dimensions =
        IntStream.of(shape).mapToObj(n -> n + ",").collect(Collectors.joining(" ", "(", ")"));
    if (shape.length > 1) {
      dimensions = dimensions.replace(",)", ")");
    }
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + dimensions + ", }";
    int unpadded = MAGIC.length + 2 + header.length() + 1;
    header += " ".repeat(Math.floorMod(-unpadded, HEADER_ALIGNMENT)) + "\n";
    return ByteBuffer.allocate(MAGIC.length + 2 + header.length())
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) header.length())
        .put(header.getBytes(ISO_8859_1))
        .array();
  }

  /**
   * Reads one {@code .npy} file.
   *
   * @throws BadInputException if it is none, or of a kind that is not read
   */
  public static Npy read(Path file) {
    try {
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads every array of an {@code .npz} archive.
   *
   * @param source named in messages
   * @return the arrays by name, without {@code .npy}, in the archive's order
   * @throws BadInputException if an array is of a kind that is not read
   */
  public static Map<String, Npy> readArchive(String source, InputStream in) {
    Map<String, Npy> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        zip.transferTo(bytes);
        arrays.put(
            entry.getName().replaceAll("\\.npy$", ""),
            parse(source + ": " + entry.getName(), bytes.toByteArray()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(source + ": " + e.getMessage(), e);
    }
    if (arrays.isEmpty()) {
      throw new BadInputException(source + ": holds no array, expected a NumPy .npz archive");
    }
    return arrays;
  }

  /** A copy of the shape. */
  public int[] shape() {
    return shape.clone();
  }

  /** The values as floats, in row-major order. */
  public float[] floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** The values as doubles, in row-major order; int64 beyond 2^53 loses its last digits. */
  public double[] doubles() {
    return values.clone();
  }

  /** The values as ints, in row-major order. */
  public int[] ints() {
    return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
  }

  private static Npy parse(String source, byte[] file) {
    if (file.length < 12 || !Arrays.equals(MAGIC, 0, 6, file, 0, 6) || file[6] < 1 || file[6] > 3) {
      throw new BadInputException(source + ": not a NumPy .npy file of version 1 to 3");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).position(8);
    // The header's length grew from two bytes to four with version 2.
    long length = file[6] == 1 ? Short.toUnsignedInt(in.getShort()) : in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new BadInputException(source + ": ends inside its header");
    }
    String header = new String(file, in.position(), (int) length, ISO_8859_1);
    in.position(in.position() + (int) length);
    if (field(source, header, FORTRAN).equals("True")) {
      throw new BadInputException(
          source
              + ": column-major (Fortran) order, expected row-major; np.ascontiguousarray helps");
    }
    int[] shape =
        Arrays.stream(field(source, header, SHAPE).split(","))
            .filter(n -> !n.isBlank())
            .mapToInt(n -> Integer.parseInt(n.strip()))
            .toArray();
    String type = field(source, header, DESCR);
    int size = elementSize(source, type);
    long count = count(shape);
    if (in.remaining() != count * size) {
      throw new BadInputException(
          String.format(
              "%s: %d bytes of data, expected %d for %s of shape %s",
              source, in.remaining(), count * size, type, Arrays.toString(shape)));
    }
    double[] values = new double[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case "<f4" -> in.getFloat();
            case "<f8" -> in.getDouble();
            case "<i4" -> in.getInt();
            case "<i8" -> in.getLong();
            default -> in.get() & 0xff;
          };
    }
    return new Npy(shape, values);
  }

  private static int elementSize(String source, String type) {
    return switch (type) {
      case "|u1" -> 1;
      case "<f4", "<i4" -> 4;
      case "<f8", "<i8" -> 8;
      default ->
          throw new BadInputException(
              source + ": values of type " + type + ", expected <f4, <f8, |u1, <i4 or <i8");
    };
  }

  private static String field(String source, String header, Pattern pattern) {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new BadInputException(source + ": no NumPy header: " + header);
    }
    return matcher.group(1);
  }

  private static long count(int[] shape) {
    long count = 1;
    for (int n : shape) {
      count = Math.multiplyExact(count, n);
    }
    return count;
  }
}
