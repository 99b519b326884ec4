package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Taps;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;
import dev.vitrine.kernels.device.Order;
import java.util.HashMap;
import java.util.Map;

/** Resampling and warping of images, and their transposes. */
final class Geometry implements AutoCloseable {
  /** Half the distance from 1 to the next float. */
  private static final double ROUNDING = 0x1p-24;

  private final Device device;
  private final Launcher launcher;
  private final Moves moves;
  private final DeviceMemory memory;
  private final Map<Key, TapTable> tables = new HashMap<>();

  /**
   * @param memory lends what the first of two passes makes
   */
  Geometry(Device device, Launcher launcher, Moves moves, DeviceMemory memory) {
    this.device = device;
    this.launcher = launcher;
    this.moves = moves;
    this.memory = memory;
  }

  // ---- resampling ----

  /** What the taps of one axis depend on; transposed ones go from {@code out} to {@code in}. */
  private record Key(Interpolation kind, int in, int out, boolean transposed) {

    int from() {
      return transposed ? out : in;
    }

    int to() {
      return transposed ? in : out;
    }
  }

  /** Taps on the card, kept until the backend closes: addresses of three arrays in one piece. */
  private record TapTable(long starts, long indices, long weights) {}

  void resample(Interpolation kind, CudaBuffer x, CudaBuffer y) {
    Key rows = new Key(kind, x.shape().dim(1), y.shape().dim(1), false);
    Key columns = new Key(kind, x.shape().dim(2), y.shape().dim(2), false);
    resample(rows, columns, x, y);
  }

  void resampleBackward(Interpolation kind, CudaBuffer gradY, CudaBuffer gradX) {
    Key rows = new Key(kind, gradX.shape().dim(1), gradY.shape().dim(1), true);
    Key columns = new Key(kind, gradX.shape().dim(2), gradY.shape().dim(2), true);
    resample(rows, columns, gradY, gradX);
  }

  /** One pass for each axis that changes its extent; the smaller result comes first. */
  private void resample(Key rows, Key columns, CudaBuffer x, CudaBuffer y) {
    if (x.order() != y.order()) {
      Block moved = memory.take(Float.BYTES * x.size());
      try {
        long[] strides = y.order().strides(x.shape());
        moves.copy(x.shape().dims(), x.address(), x.strides(), moved.address(), strides);
        resample(rows, columns, moved.address(), x, y);
      } finally {
        memory.give(moved);
      }
    } else {
      resample(rows, columns, x.address(), x, y);
    }
  }

  private void resample(Key rows, Key columns, long from, CudaBuffer x, CudaBuffer y) {
    boolean first = y.order() == Order.CHANNELS_FIRST;
    long images = first ? (long) x.shape().dim(0) * x.shape().dim(3) : x.shape().dim(0);
    long pixel = first ? 1 : x.shape().dim(3);
    if (rows.in == rows.out && columns.in == columns.out) {
      moves.copy(new int[] {(int) x.size()}, from, new long[] {1}, y.address(), new long[] {1});
    } else if (columns.in == columns.out) {
      pass(rows, images, columns.to() * pixel, from, y.address());
    } else if (rows.in == rows.out) {
      pass(columns, images * rows.to(), pixel, from, y.address());
    } else if ((long) rows.to() * columns.from() <= (long) rows.from() * columns.to()) {
      long between = images * rows.to() * columns.from() * pixel;
      Block middle = memory.take(Float.BYTES * between);
      try {
        pass(rows, images, columns.from() * pixel, from, middle.address());
        pass(columns, images * rows.to(), pixel, middle.address(), y.address());
      } finally {
        memory.give(middle);
      }
    } else {
      long between = images * rows.from() * columns.to() * pixel;
      Block middle = memory.take(Float.BYTES * between);
      try {
        pass(columns, images * rows.from(), pixel, from, middle.address());
        pass(rows, images, columns.to() * pixel, middle.address(), y.address());
      } finally {
        memory.give(middle);
      }
    }
  }

  /** Resamples the middle axis of {@code [outer, in, inner]}. */
  private void pass(Key key, long outer, long inner, long from, long to) {
    TapTable taps = table(key);
    int lanes = Fours.lanes(inner, from, to);
    long count = outer * key.to() * inner / lanes;
    launcher.launch(
        Launch.over(
            count,
            "resample",
            Fours.name("resample", lanes),
            new KernelArguments()
                .pointer(from)
                .pointer(to)
                .pointer(taps.starts)
                .pointer(taps.indices)
                .pointer(taps.weights)
                .int32(key.from())
                .struct(new Struct().divisor(key.to()).bytes())
                .struct(new Struct().divisor((int) (inner / lanes)).bytes())
                .int32(Math.toIntExact(count))));
  }

  private TapTable table(Key key) {
    return tables.computeIfAbsent(key, this::upload);
  }

  private TapTable upload(Key key) {
    Taps forward = Taps.of(key.kind, key.in, key.out);
    Taps taps = key.transposed ? forward.transposed() : forward;
    int[] starts = taps.starts();
    int[] indices = taps.indices();
    double[] exact = taps.weights();
    float[] weights = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      weights[i] = (float) exact[i];
    }
    long begin = memory.allocate(4L * (starts.length + indices.length + weights.length)).address();
    long second = begin + 4L * starts.length;
    long third = second + 4L * indices.length;
    try {
      device.upload(begin, starts, 0, starts.length);
      device.upload(second, indices, 0, indices.length);
      device.upload(third, weights, 0, weights.length);
    } catch (RuntimeException e) {
      giveBack(begin, e);
      throw e;
    }
    return new TapTable(begin, second, third);
  }

  private void giveBack(long address, RuntimeException because) {
    try {
      device.free(address);
    } catch (RuntimeException e) {
      because.addSuppressed(e); // a step that is recorded; the device's close frees it
    }
  }

  // ---- warping ----

  void warp(Affine affine, CudaBuffer x, CudaBuffer y) {
    Image in = Image.of(x);
    Image out = Image.of(y);
    int lanes = Image.lanes(new long[] {x.address(), y.address()}, in, out);
    launcher.launch(
        Launch.over(
            out.size(lanes),
            "warp",
            Fours.name("warp", lanes),
            new KernelArguments()
                .pointer(x.address())
                .pointer(y.address())
                .struct(in.struct(lanes))
                .struct(out.struct(lanes))
                .struct(struct(affine))));
  }

  void warpBackward(Affine affine, CudaBuffer gradY, CudaBuffer gradX) {
    Image in = Image.of(gradX);
    Image out = Image.of(gradY);
    int lanes = Image.lanes(new long[] {gradY.address(), gradX.address()}, in, out);
    Inverse inverse = Inverse.of(affine, in, out);
    launcher.launch(
        Launch.over(
            in.size(lanes),
            "warp",
            Fours.name("warp_backward", lanes),
            new KernelArguments()
                .pointer(gradY.address())
                .pointer(gradX.address())
                .struct(in.struct(lanes))
                .struct(out.struct(lanes))
                .struct(struct(affine))
                .struct(struct(inverse.map))
                .float32((float) inverse.radiusI)
                .float32((float) inverse.radiusJ)));
  }

  private static byte[] struct(Affine m) {
    return new Struct().float32(m.a(), m.b(), m.c(), m.d(), m.e(), m.f()).bytes();
  }

  /**
   * Where output pixels that look at an input pixel can be: no further from {@code map} of it than
   * the radii.
   */
  private record Inverse(Affine map, double radiusI, double radiusJ) {
    private static final Inverse NONE =
        new Inverse(
            new Affine(0, 0, 0, 0, 0, 0), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    static Inverse of(Affine m, Image in, Image out) {
      double determinant = m.a() * m.e() - m.b() * m.d();
      double a = m.e() / determinant;
      double b = -m.b() / determinant;
      double d = -m.d() / determinant;
      double e = m.a() / determinant;
      Affine map = new Affine(a, b, -(a * m.c() + b * m.f()), d, e, -(d * m.c() + e * m.f()));
      // A pixel is looked at from less than 1 away; the kernel's coordinates are rounded, both
      // those of the map and those of its inverse.
      int h = out.shape().dim(1);
      int w = out.shape().dim(2);
      double row = 1 + 4 * ROUNDING * (h * Math.abs(m.a()) + w * Math.abs(m.b()) + Math.abs(m.c()));
      double column =
          1 + 4 * ROUNDING * (h * Math.abs(m.d()) + w * Math.abs(m.e()) + Math.abs(m.f()));
      double i = Math.abs(a) * row + Math.abs(b) * column + rounding(a, b, map.c(), in);
      double j = Math.abs(d) * row + Math.abs(e) * column + rounding(d, e, map.f(), in);
      boolean usable = Float.isFinite((float) i) && Float.isFinite((float) j);
      return usable ? new Inverse(map, i, j) : NONE;
    }

    private static double rounding(double p, double q, double offset, Image in) {
      int h = in.shape().dim(1);
      int w = in.shape().dim(2);
      return 1 + 8 * ROUNDING * (h * Math.abs(p) + w * Math.abs(q) + Math.abs(offset));
    }
  }

  /** Frees the taps. */
  @Override
  public void close() {
    tables.values().forEach(table -> device.free(table.starts));
    tables.clear();
  }
}
