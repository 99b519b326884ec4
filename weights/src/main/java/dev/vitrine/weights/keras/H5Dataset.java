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
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.atomic.AtomicLong;

/** An array in an HDF5 file; nothing is read of it before its type and size have been looked at. */
final class H5Dataset implements StoredArray {
  /** What deflate can make of one byte at most, with room for a chunk that is stored whole. */
  private static final long LARGEST_RATIO = 1100;

  /** Numbers per slice: what a slice takes on its way stays in the processor's cache. */
  private static final int SLICE = 1 << 17;

  /** Numbers that a thread takes on at once: 4 MB, so that both do not fault in one large page. */
  private static final int PART = 1 << 20;

  /** Numbers that are looked at as bits at once. */
  private static final int BITS = 1 << 12;

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

  /**
   * Copying out of the system's cache and into new memory takes one thread twice as long as two,
   * and a copy on the way, though it stays in the processor's cache, another half.
   */
  @Override
  public void readInto(Memory memory) {
    check();
    if (!(dataset instanceof ContiguousDataset)) {
      StoredArray.super.readInto(memory);
      return;
    }
    long size = dataset.getSize();
    long parts = (size + PART - 1) / PART;
    AtomicLong next = new AtomicLong();
    Runnable work =
        () -> {
          for (long p = next.getAndIncrement(); p < parts; p = next.getAndIncrement()) {
            readPart(p * PART, Math.min(size, (p + 1) * PART), memory);
          }
        };
    List<ForkJoinTask<?>> others = new ArrayList<>();
    for (int i = 1; i < Math.min(parts, Runtime.getRuntime().availableProcessors()); i++) {
      others.add(ForkJoinTask.adapt(work).fork());
    }
    try {
      work.run();
    } finally {
      // Whatever went wrong: nobody reads or writes any more when the caller closes both ends.
      others.forEach(ForkJoinTask::quietlyJoin);
    }
    others.forEach(ForkJoinTask::join);
  }

  private void readPart(long start, long end, Memory memory) {
    if (!asInMemory()) {
      readPart(
          start,
          end,
          (from, values, count) -> memory.of(from, count).asFloatBuffer().put(values, 0, count));
      return;
    }
    long address = ((ContiguousDataset) dataset).getDataAddress();
    int[] bits = new int[BITS];
    int[] any = new int[BITS];
    for (long at = start; at < end; at += SLICE) {
      long from = at;
      int count = (int) Math.min(SLICE, end - at);
      ByteBuffer place = memory.of(from, count);
      file.guarded(
          path,
          () -> {
            file.readBytes(address + Float.BYTES * from, place);
            checkFinite(from, place.flip().asIntBuffer(), bits, any);
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
    for (int at = 0; at < values.limit(); at += bits.length) {
      int count = Math.min(bits.length, values.limit() - at);
      values.get(at, bits, 0, count);
      overflowing(bits, any, count);
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
  private static void overflowing(int[] bits, int[] any, int count) {
    for (int i = 0; i < count; i++) {
      any[i] |= (bits[i] & EXPONENT) + LOWEST_OF_EXPONENT;
    }
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
