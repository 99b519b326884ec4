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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinTask;

/** An array in an HDF5 file; nothing is read of it before its type and size have been looked at. */
final class H5Dataset implements StoredArray {
  /** What deflate can make of one byte at most, with room for a chunk that is stored whole. */
  private static final long LARGEST_RATIO = 1100;

  /** Numbers per slice: what a slice takes on its way stays in the processor's cache. */
  private static final int SLICE = 1 << 17;

  /** Numbers that are worth a thread of their own. */
  private static final int SMALLEST_PART = 1 << 20;

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
    readPart(to, 0, dataset.getSize());
  }

  /**
   * Copying out of the system's cache and into new memory takes one thread twice as long as two.
   */
  @Override
  public void readInParallel(Slices to) {
    check();
    long size = dataset.getSize();
    int threads = Runtime.getRuntime().availableProcessors();
    int parts =
        dataset instanceof ContiguousDataset ? (int) Math.min(threads, size / SMALLEST_PART) : 1;
    List<ForkJoinTask<?>> others = new ArrayList<>();
    for (int p = 1; p < parts; p++) {
      long start = size * p / parts;
      long end = size * (p + 1) / parts;
      others.add(ForkJoinTask.adapt(() -> readPart(to, start, end)).fork());
    }
    try {
      readPart(to, 0, size / Math.max(1, parts));
    } finally {
      // Whatever went wrong: nobody reads or writes any more when the caller closes both ends.
      others.forEach(ForkJoinTask::quietlyJoin);
    }
    others.forEach(ForkJoinTask::join);
  }

  private void readPart(Slices to, long start, long end) {
    Numbers numbers = file.guarded(path, this::numbers);
    float[] slice = new float[(int) Math.min(SLICE, end - start)];
    for (long at = start; at < end; at += slice.length) {
      long from = at;
      int count = (int) Math.min(slice.length, end - at);
      file.guarded(
          path,
          () -> {
            numbers.read(from, slice, count);
            checkFinite(from, slice, count);
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

  private void checkFinite(long from, float[] values, int count) {
    int any = 0; // its sign tells whether any exponent is all ones; such a loop is vectorized
    for (int i = 0; i < count; i++) {
      any |= (Float.floatToRawIntBits(values[i]) & EXPONENT) + LOWEST_OF_EXPONENT;
    }
    if (any >= 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[i])) {
        throw refused(
            "number "
                + (from + i)
                + " is "
                + values[i]
                + ", expected finite weights; train it again");
      }
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
