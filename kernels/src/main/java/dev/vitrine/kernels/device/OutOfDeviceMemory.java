package dev.vitrine.kernels.device;

/** The card has not as much memory left as was asked for. */
public final class OutOfDeviceMemory extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long asked;
  private final long free;

  public OutOfDeviceMemory(long asked, long free) {
    super("the card has %,d bytes left, %,d were asked for".formatted(free, asked));
    this.asked = asked;
    this.free = free;
  }

  /** Bytes that were asked for. */
  public long asked() {
    return asked;
  }

  /** Bytes that the card had left. */
  public long free() {
    return free;
  }
}
