package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.BadInputException;
import io.jhdf.api.Dataset;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.CompactDataset;
import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An array in an HDF5 file; nothing is read of it before its type and size have been looked at. */
final class H5Dataset implements StoredArray {
  /** What deflate can make of one byte at most, with room for a chunk that is stored whole. */
  private static final long LARGEST_RATIO = 1100;

  /** Numbers per slice: what a slice takes on its way stays in the processor's cache. */
  private static final int SLICE = 1 << 17;

  /** Numbers of a piece: 4 MB, so that two threads seldom fault in one large page. */
  private static final int PART = 1 << 20;

  /** Numbers that are looked at as bits at once, four to each of the lanes. */
  private static final int BITS = 1 << 10;

  private static final int LANES = BITS / 4;

  private static final int EXPONENT = 0x7f80_0000;
  private static final int LOWEST_OF_EXPONENT = 0x0080_0000;

  private final H5File file;
  private final String path;
  private final Dataset dataset;

  /** Reads numbers from wherever they are. */
  private interface Numbers {
    void read(long from, float[] values, int count);
  }

  H5Dataset(H5File file, String path, Dataset dataset) {
    this.file = file;
    this.path = path;
    this.dataset = dataset;
  }

  @Override
  public Shape shape() {
    return file.guarded(path, () -> Shape.of(dataset.getDimensions()));
  }

  @Override
  public void check() {
    file.guarded(
        path,
        () -> {
          checkType();
          checkSize();
          return null;
        });
  }

  /** An array that lies in one piece is never in memory as a whole: VGG16's largest is 411 MB. */
  @Override
  public void read(Slices to) {
    check();
    readPart(0, dataset.getSize(), to);
  }

  @Override
  public List<Runnable> readInto(Memory memory) {
    check();
    if (!(dataset instanceof ContiguousDataset whole)) {
      return StoredArray.super.readInto(memory);
    }
    boolean asInMemory = asInMemory();
    long address = whole.getDataAddress();
    long size = dataset.getSize();
    List<Runnable> pieces = new ArrayList<>();
    for (long from = 0; from < size; from += PART) {
      long start = from;
      int count = (int) Math.min(PART, size - from);
      ByteBuffer place = memory.of(from, count);
      pieces.add(
          asInMemory
              ? () -> fill(start, address + Float.BYTES * start, place)
              : () -> fillConverted(start, place));
    }
    return pieces;
  }

  private void fillConverted(long start, ByteBuffer place) {
    FloatBuffer floats = place.asFloatBuffer();
    readPart(start, start + floats.limit(), (from, values, count) -> floats.put(values, 0, count));
  }

  private void fill(long start, long address, ByteBuffer place) {
    int[] bits = new int[BITS];
    int[] any = new int[LANES];
    for (int at = 0; at < place.limit(); at += Float.BYTES * SLICE) {
      int offset = at;
      ByteBuffer slice =
          place
              .slice(at, Math.min(Float.BYTES * SLICE, place.limit() - at))
              .order(ByteOrder.nativeOrder());
      file.guarded(
          path,
          () -> {
            file.readBytes(address + offset, slice);
            long from = start + offset / Float.BYTES;
            checkFinite(from, slice.flip().asIntBuffer(), bits, any);
            return null;
          });
    }
  }

  /** Whether the numbers are float32 in this machine's byte order. */
  private boolean asInMemory() {
    FloatingPoint type = (FloatingPoint) dataset.getDataType();
    return type.getSize() == Float.BYTES && type.getByteOrder() == ByteOrder.nativeOrder();
  }

  private void readPart(long start, long end, Slices to) {
    Numbers numbers = file.guarded(path, this::numbers);
    float[] slice = new float[(int) Math.min(SLICE, end - start)];
    for (long at = start; at < end; at += slice.length) {
      long from = at;
      int count = (int) Math.min(slice.length, end - at);
      file.guarded(
          path,
          () -> {
            numbers.read(from, slice, count);
            for (int i = 0; i < count; i++) {
              checkFinite(from + i, slice[i]);
            }
            return null;
          });
      to.take(from, slice, count);
    }
  }

  private void checkType() {
    boolean floating = dataset.getDataType() instanceof FloatingPoint;
    int bytes = dataset.getDataType().getSize();
    if (!floating || (bytes != Float.BYTES && bytes != Double.BYTES)) {
      throw refused(
          "holds "
              + (floating ? "float" + 8 * bytes : "integers or the like")
              + ", expected float32 or float64; save the model with float32 weights");
    }
  }

  private void checkSize() {
    long declared = dataset.getSizeInBytes();
    long stored = dataset.getStorageInBytes();
    boolean compressed = !(dataset instanceof ContiguousDataset);
    if (stored == 0 || (compressed ? declared / LARGEST_RATIO : declared) > stored) {
      throw refused(
          "declares "
              + declared
              + " bytes and holds "
              + stored
              + "; the file was not written to its end: save it again");
    }
    if (dataset.isEmpty()) {
      throw refused("was declared and never written; save the whole model again");
    }
  }

  private void checkFinite(long from, IntBuffer values, int[] bits, int[] any) {
    Arrays.fill(any, 0);
    for (int at = 0; at < values.limit(); at += BITS) {
      int count = Math.min(BITS, values.limit() - at);
      values.get(at, bits, 0, count);
      Arrays.fill(bits, count, BITS, 0);
      overflowing(bits, any);
    }
    int all = 0;
    for (int signs : any) {
      all |= signs;
    }
    if (all < 0) {
      for (int i = 0; i < values.limit(); i++) {
        checkFinite(from + i, Float.intBitsToFloat(values.get(i)));
      }
    }
  }

  /** Makes the sign of those negative where an exponent is all ones; the loop becomes vectors. */
  private static void overflowing(int[] bits, int[] any) {
    for (int i = 0; i < LANES; i++) {
      any[i] |=
          (overflowing(bits[i]) | overflowing(bits[i + LANES]))
              | (overflowing(bits[i + 2 * LANES]) | overflowing(bits[i + 3 * LANES]));
    }
  }

  private static int overflowing(int bits) {
    return (bits & EXPONENT) + LOWEST_OF_EXPONENT;
  }

  private void checkFinite(long number, float value) {
    if (!Float.isFinite(value)) {
      throw refused(
          "number " + number + " is " + value + ", expected finite weights; train it again");
    }
  }

  private Numbers numbers() {
    if (dataset instanceof ContiguousDataset whole) {
      return inOnePiece(whole.getDataAddress(), (FloatingPoint) dataset.getDataType());
    }
    FloatingPoint type = (FloatingPoint) dataset.getDataType();
    ByteBuffer all = whole().slice().order(type.getByteOrder());
    return (from, values, count) ->
        convert(all.position(type.getSize() * (int) from), values, count);
  }

  /** All bytes of an array that does not lie in one piece. */
  private ByteBuffer whole() {
    if (dataset instanceof CompactDataset compact) {
      return compact.getDataBuffer();
    }
    if (!(dataset instanceof ChunkedDataset)) {
      throw new IllegalStateException("its layout is " + dataset.getDataLayout());
    }
    H5Chunks chunks = new H5Chunks((ChunkedDataset) dataset);
    try {
      if (!chunks.unknownFilters().isEmpty()) {
        throw packed(String.join(" and ", chunks.unknownFilters()));
      }
    } catch (HdfFilterException e) {
      throw packed("what is not known here (" + e.getMessage() + ")");
    }
    return ByteBuffer.wrap(chunks.read());
  }

  private BadInputException packed(String with) {
    return refused(
        "is packed with "
            + with
            + ", expected gzip; 'h5repack -f GZIP=9 old.h5 new.h5' repacks the file");
  }

  private Numbers inOnePiece(long address, FloatingPoint type) {
    int bytes = type.getSize();
    ByteBuffer buffer =
        ByteBuffer.allocate(bytes * (int) Math.min(SLICE, dataset.getSize()))
            .order(type.getByteOrder());
    return (from, values, count) -> {
      buffer.clear().limit(bytes * count);
      file.readBytes(address + bytes * from, buffer);
      convert(buffer.flip(), values, count);
    };
  }

  /** Float32 if there are four bytes to a number, float64 if eight. */
  private void convert(ByteBuffer numbers, float[] values, int count) {
    if (dataset.getDataType().getSize() == Float.BYTES) {
      numbers.asFloatBuffer().get(values, 0, count);
    } else {
      for (int i = 0; i < count; i++) {
        values[i] = (float) numbers.getDouble();
      }
    }
  }

  private BadInputException refused(String what) {
    return new BadInputException(file.name() + ": dataset " + path + " " + what);
  }
}
