package dev.vitrine.kernels.device;

import java.util.Locale;

/** The one place from which kernels are launched: it checks what it is given. */
public final class Launcher {
  private static final int MOST_THREADS = 1024;
  private static final int MOST_SHARED_BYTES = 48 << 10;

  private final Device device;

  public Launcher(Device device) {
    this.device = device;
  }

  /**
   * Runs a kernel on the device.
   *
   * @throws IllegalArgumentException if there is no such kernel, if the arguments are not those of
   *     its signature, or if no card could run so many threads
   */
  public void launch(Launch launch) {
    if (launch.blocks() < 1 || launch.threads() < 1 || launch.threads() > MOST_THREADS) {
      throw refused(
          launch,
          "%s blocks of %s threads; a grid has 1 block or more of 1 to %s threads",
          launch.blocks(),
          launch.threads(),
          MOST_THREADS);
    }
    if (launch.sharedBytes() < 0 || launch.sharedBytes() > MOST_SHARED_BYTES) {
      throw refused(
          launch,
          "%s bytes of shared memory; a block has 0 to %s",
          launch.sharedBytes(),
          MOST_SHARED_BYTES);
    }
    device.launch(launch);
  }

  private static IllegalArgumentException refused(Launch launch, String format, Object... found) {
    return new IllegalArgumentException(
        launch.file()
            + ".cu: "
            + launch.kernel()
            + ": "
            + String.format(Locale.ROOT, format, found));
  }
}
