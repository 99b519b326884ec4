package dev.vitrine.weights.keras;

import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.filter.PipelineFilterWithData;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * An array that is stored in chunks, each packed by itself. The library would inflate a chunk to
 * whatever comes out of it; here nothing comes out beyond the bytes that the array declares.
 */
final class H5Chunks {
  private static final int DEFLATE = 1;
  private static final int SHUFFLE = 2;

  /** What a chunk of a small array that was made to grow may hold beyond the array. */
  private static final int ROOM_TO_GROW = 1 << 20;

  private final ChunkedDataset dataset;
  private final int[] dims;
  private final int[] chunk;
  private final int bytesOfANumber;
  private final int chunkBytes;

  /**
   * Looks at how the array is cut up.
   *
   * @throws IllegalStateException if its chunks cannot be as they are declared
   */
  H5Chunks(ChunkedDataset dataset) {
    this.dataset = dataset;
    this.dims = dataset.getDimensions();
    this.chunk = dataset.getChunkDimensions();
    this.bytesOfANumber = dataset.getDataType().getSize();
    if (chunk.length != dims.length || Arrays.stream(chunk).anyMatch(n -> n < 1)) {
      throw new IllegalStateException(
          "its chunks are " + Arrays.toString(chunk) + ", its shape is " + Arrays.toString(dims));
    }
    long bytes = bytesOfANumber;
    for (int n : chunk) {
      bytes = Math.multiplyExact(bytes, n);
    }
    if (bytes > dataset.getSizeInBytes() + ROOM_TO_GROW || bytes > Integer.MAX_VALUE) {
      throw new IllegalStateException(
          "it declares chunks of " + bytes + " bytes, itself " + dataset.getSizeInBytes());
    }
    this.chunkBytes = (int) bytes;
  }

  /** What packs the chunks and cannot be unpacked here; empty if all can. */
  List<String> unknownFilters() {
    return dataset.getFilters().stream()
        .filter(f -> f.getId() != DEFLATE && f.getId() != SHUFFLE)
        .map(PipelineFilterWithData::getName)
        .toList();
  }

  /**
   * The whole array in row-major order and the file's byte order.
   *
   * @throws IllegalStateException if a chunk is missing or holds more or fewer bytes than declared
   */
  byte[] read() {
    byte[] all = new byte[Math.toIntExact(dataset.getSizeInBytes())];
    int[] corner = new int[dims.length];
    do {
      copy(unpacked(corner), corner, all);
    } while (next(corner, dims, chunk));
    return all;
  }

  private byte[] unpacked(int[] corner) {
    ByteBuffer packed = dataset.getRawChunkBuffer(corner);
    List<PipelineFilterWithData> filters = dataset.getFilters();
    for (int i = filters.size() - 1; i >= 0; i--) {
      PipelineFilterWithData filter = filters.get(i);
      packed =
          ByteBuffer.wrap(
              filter.getId() == DEFLATE
                  ? inflated(packed)
                  : unshuffled(packed, filter.getFilterData()[0]));
    }
    return exactly(packed);
  }

  private byte[] inflated(ByteBuffer packed) {
    byte[] out = new byte[chunkBytes];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      int count = 0;
      for (int n = 1; n > 0 && count < chunkBytes; count += n) {
        n = inflater.inflate(out, count, chunkBytes - count);
      }
      if (count < chunkBytes || inflater.inflate(new byte[1]) > 0) {
        throw new IllegalStateException(
            "a chunk inflates to "
                + (count < chunkBytes ? count + " bytes" : "more")
                + ", expected "
                + chunkBytes);
      }
      return out;
    } catch (DataFormatException e) {
      throw new IllegalStateException("a chunk cannot be inflated: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  /** Shuffled are all first bytes, then all second bytes, ...; bytes that are left over follow. */
  private byte[] unshuffled(ByteBuffer shuffled, int size) {
    byte[] in = exactly(shuffled);
    if (size < 1) {
      throw new IllegalStateException("it is shuffled by elements of " + size + " bytes");
    }
    int elements = in.length / size;
    byte[] out = in.clone();
    for (int b = 0; b < size; b++) {
      for (int e = 0; e < elements; e++) {
        out[e * size + b] = in[b * elements + e];
      }
    }
    return out;
  }

  private byte[] exactly(ByteBuffer bytes) {
    if (bytes.remaining() != chunkBytes) {
      throw new IllegalStateException(
          "a chunk holds " + bytes.remaining() + " bytes, expected " + chunkBytes);
    }
    byte[] array = new byte[chunkBytes];
    bytes.get(array);
    return array;
  }

  /** Copies the part of a chunk that lies within the array, row after row. */
  private void copy(byte[] from, int[] corner, byte[] to) {
    int last = dims.length - 1;
    int[] part = new int[dims.length];
    for (int axis = 0; axis <= last; axis++) {
      part[axis] = Math.min(chunk[axis], dims[axis] - corner[axis]);
    }
    int[] oneRow = part.clone();
    Arrays.fill(oneRow, 0, last, 1);
    int[] at = new int[dims.length];
    do {
      long source = 0;
      long target = 0;
      for (int axis = 0; axis <= last; axis++) {
        source = source * chunk[axis] + at[axis];
        target = target * dims[axis] + corner[axis] + at[axis];
      }
      System.arraycopy(
          from,
          (int) source * bytesOfANumber,
          to,
          (int) target * bytesOfANumber,
          part[last] * bytesOfANumber);
    } while (next(at, part, oneRow));
  }

  /** Steps to the next place in reading order; false after the last. */
  private static boolean next(int[] place, int[] end, int[] step) {
    for (int axis = place.length - 1; axis >= 0; axis--) {
      place[axis] += step[axis];
      if (place[axis] < end[axis]) {
        return true;
      }
      place[axis] = 0;
    }
    return false;
  }
}
