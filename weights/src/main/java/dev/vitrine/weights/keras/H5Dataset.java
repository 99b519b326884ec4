package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.BadInputException;
import io.jhdf.api.Dataset;
import io.jhdf.object.datatype.FloatingPoint;

/** An array in an HDF5 file; nothing is read of it before its type and size have been looked at. */
final class H5Dataset {
  /** What deflate can make of one byte at most, with room for a chunk that is stored whole. */
  private static final long LARGEST_RATIO = 1100;

  private final H5File file;
  private final String path;
  private final Dataset dataset;

  H5Dataset(H5File file, String path, Dataset dataset) {
    this.file = file;
    this.path = path;
    this.dataset = dataset;
  }

  /** The declared shape. */
  Shape shape() {
    return file.guarded(path, () -> Shape.of(dataset.getDimensions()));
  }

  /**
   * The numbers in row-major order; float64 is rounded.
   *
   * @throws BadInputException if they are not of a floating-point type, not all there, or not all
   *     finite
   */
  float[] floats() {
    return file.guarded(
        path,
        () -> {
          check();
          float[] values = floats(dataset.getDataFlat());
          for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
              throw refused(
                  "number " + i + " is " + values[i] + ", expected finite weights; train it again");
            }
          }
          return values;
        });
  }

  private void check() {
    boolean floating = dataset.getDataType() instanceof FloatingPoint;
    int bytes = dataset.getDataType().getSize();
    if (!floating || (bytes != Float.BYTES && bytes != Double.BYTES)) {
      throw refused(
          "holds "
              + (floating ? "float" + 8 * bytes : "integers or the like")
              + ", expected float32 or float64; save the model with float32 weights");
    }
    long stored = dataset.getStorageInBytes();
    if (dataset.getSizeInBytes() / LARGEST_RATIO > stored || stored == 0) {
      throw refused(
          "declares "
              + dataset.getSizeInBytes()
              + " bytes and holds "
              + stored
              + "; the file was not written to its end: save it again");
    }
  }

  private float[] floats(Object flat) {
    if (flat instanceof float[] floats) {
      return floats;
    }
    if (!(flat instanceof double[] doubles)) {
      throw refused("was declared and never written; save the whole model again");
    }
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  private BadInputException refused(String what) {
    return new BadInputException(file.name() + ": dataset " + path + " " + what);
  }
}
