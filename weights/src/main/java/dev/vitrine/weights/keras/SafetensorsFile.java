package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file of PyTorch's arrays in Hugging Face's format: the header's length in eight bytes, a header
 * in JSON that says of each array type, shape and place, and the numbers, little-endian.
 */
final class SafetensorsFile implements AutoCloseable {
  /** The format's own limit. */
  private static final long LONGEST_HEADER = 100_000_000;

  private static final Map<String, Integer> BYTES = Map.of("F16", 2, "BF16", 2, "F32", 4, "F64", 8);

  private final String name;
  private final FileChannel channel;
  private final Map<String, Array> arrays = new TreeMap<>();

  private SafetensorsFile(String name, FileChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  /** True if a file begins as one of this format does. */
  static boolean is(byte[] start) {
    if (start.length < 9 || start[8] != '{') {
      return false;
    }
    long header = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return header > 1 && header <= LONGEST_HEADER;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws BadInputException if it is cut short or its header is not as it should be
   */
  static SafetensorsFile open(Path path) {
    String name = path.getFileName().toString();
    try {
      FileChannel channel = FileChannel.open(path);
      SafetensorsFile file = new SafetensorsFile(name, channel);
      try {
        file.readHeader();
        return file;
      } catch (RuntimeException | IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void readHeader() throws IOException {
    long size = channel.size();
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    fill(length, 0);
    long header = length.getLong(0);
    if (header < 2 || header > LONGEST_HEADER || header > size - 8) {
      throw damaged("its header should be of " + header + " bytes, the file has " + size);
    }
    ByteBuffer text = ByteBuffer.allocate((int) header);
    fill(text, 8);
    if (!(Json.read(name + ": its header", new String(text.array(), UTF_8))
        instanceof Map<?, ?> entries)) {
      throw damaged("its header is no JSON object");
    }
    long start = 8 + header;
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      if (!entry.getKey().equals("__metadata__")) {
        String key = (String) entry.getKey();
        arrays.put(key, array(key, entry.getValue(), start, size));
      }
    }
  }

  private Array array(String key, Object value, long start, long size) {
    if (!(value instanceof Map<?, ?> map)
        || !(map.get("dtype") instanceof String type)
        || !(map.get("shape") instanceof List<?> dims)
        || !(map.get("data_offsets") instanceof List<?> ends)
        || ends.size() != 2
        || !(ends.get(0) instanceof Long from)
        || !(ends.get(1) instanceof Long to)
        || !dims.stream()
            .allMatch(
                d -> d instanceof Long extent && extent >= 0 && extent <= Integer.MAX_VALUE)) {
      throw damaged("array " + key + " has no dtype, shape and data_offsets");
    }
    if (from < 0 || to < from || to > size - start) {
      throw damaged(
          "array " + key + " should end at byte " + to + ", the file has " + (size - start));
    }
    Shape shape = Shape.of(dims.stream().mapToInt(d -> ((Long) d).intValue()).toArray());
    return new Array(key, type, shape, start + from, to - from);
  }

  /** What messages call the file. */
  String name() {
    return name;
  }

  /** The names of the arrays. */
  Set<String> names() {
    return arrays.keySet();
  }

  Optional<StoredArray> array(String key) {
    return Optional.ofNullable(arrays.get(key));
  }

  /** Fills a buffer from a place in the file. */
  private void fill(ByteBuffer buffer, long from) throws IOException {
    long at = from;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw damaged("it ends at byte " + at);
      }
      at += count;
    }
    buffer.flip();
  }

  private BadInputException damaged(String what) {
    return new BadInputException(
        name + ": " + what + "; the file is damaged or was cut short: fetch it again");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new BadInputException(name + ": cannot be closed: " + e.getMessage(), e);
    }
  }

  /** One array. */
  private final class Array implements StoredArray {
    private final String key;
    private final String type;
    private final Shape shape;
    private final long start;
    private final long bytes;

    Array(String key, String type, Shape shape, long start, long bytes) {
      this.key = key;
      this.type = type;
      this.shape = shape;
      this.start = start;
      this.bytes = bytes;
    }

    @Override
    public Shape shape() {
      return shape;
    }

    @Override
    public void check() {
      Integer each = BYTES.get(type);
      if (each == null) {
        throw refused("holds " + type + ", expected F32, F64, F16 or BF16");
      }
      long size;
      try {
        size = Math.multiplyExact(shape.size(), each);
      } catch (ArithmeticException e) {
        throw refused("declares " + shape);
      }
      if (size != bytes) {
        throw refused("declares " + shape + " of " + type + " and holds " + bytes + " bytes");
      }
    }

    @Override
    public void read(Slices to) {
      check();
      int each = BYTES.get(type);
      int slice = (int) Math.min(1 << 17, shape.size());
      ByteBuffer buffer = ByteBuffer.allocate(slice * each).order(ByteOrder.LITTLE_ENDIAN);
      float[] values = new float[slice];
      for (long at = 0; at < shape.size(); at += slice) {
        int count = (int) Math.min(slice, shape.size() - at);
        buffer.clear().limit(count * each);
        try {
          fill(buffer, start + at * each);
        } catch (IOException e) {
          throw new BadInputException(name + ": " + key + " cannot be read: " + e.getMessage(), e);
        }
        for (int i = 0; i < count; i++) {
          values[i] = next(buffer);
          if (!Float.isFinite(values[i])) {
            throw refused("number " + (at + i) + " is " + values[i] + ", expected finite weights");
          }
        }
        to.take(at, values, count);
      }
    }

    private float next(ByteBuffer buffer) {
      return switch (type) {
        case "F32" -> buffer.getFloat();
        case "F64" -> (float) buffer.getDouble();
        case "BF16" -> Float.intBitsToFloat(buffer.getShort() << 16);
        default -> half(buffer.getShort());
      };
    }

    private BadInputException refused(String what) {
      return new BadInputException(name + ": array " + key + " " + what + "; save it again");
    }
  }

  /** IEEE's half precision; Java has a method for it from 20 on only. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 31;
    int fraction = bits & 1023;
    float size =
        exponent == 0
            ? Math.scalb((float) fraction, -24)
            : exponent == 31
                ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                : Math.scalb((float) (1024 + fraction), exponent - 25);
    return bits < 0 ? -size : size;
  }
}
