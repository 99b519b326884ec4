package dev.vitrine.bench;

/**
 * Numbers in {@code [-1, 1)} that Java and the Python script make alike, so that both run the same
 * network on the same pixels: an integer hash of the place and of the array's number.
 */
public final class Mixed {
  private static final long MASK = 0xffffffffL;

  private Mixed() {}

  /** The number at a place of an array. */
  public static float value(int array, long place) {
    long x = (place * 2654435761L + array * 40503L + 1) & MASK;
    x = ((x ^ (x >>> 16)) * 0x45d9f3bL) & MASK;
    x = ((x ^ (x >>> 16)) * 0x45d9f3bL) & MASK;
    x ^= x >>> 16;
    return (x >>> 8) * 0x1p-23f - 1;
  }

  /** The first {@code count} numbers of an array, times a scale. */
  public static float[] values(int array, int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = value(array, i) * scale;
    }
    return values;
  }
}
