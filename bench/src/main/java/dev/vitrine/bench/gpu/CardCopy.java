package dev.vitrine.bench.gpu;

import dev.vitrine.kernels.device.Device;

/** The bandwidth of a card's own copy, which is what kernels are held against. */
final class CardCopy {
  private CardCopy() {}

  /** GB/s, read and written, of copies of so many bytes. */
  static double bandwidth(Device device, long bytes, double roundMillis) {
    long from = device.allocate(bytes);
    long to = device.allocate(bytes);
    try {
      Runnable finish = () -> device.download(to, new float[1], 0, 1);
      double millis = new Stopwatch(finish, roundMillis).millis(() -> device.copy(from, to, bytes));
      return 2 * bytes / millis / 1e6;
    } finally {
      device.free(from);
      device.free(to);
    }
  }
}
