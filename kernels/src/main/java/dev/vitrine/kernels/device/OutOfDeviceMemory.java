package dev.vitrine.kernels.device;

import dev.vitrine.engine.backend.BackendException;

/** The card has not as much memory left as was asked for. */
public final class OutOfDeviceMemory extends BackendException {
  private static final long serialVersionUID = 1L;

  private final long asked;
  private final long free;

  public OutOfDeviceMemory(long asked, long free) {
    super("the card has %,d bytes left, %,d were asked for".formatted(free, asked));
    this.asked = asked;
    this.free = free;
  }

  /** A library that has not said how much it asked for. */
  OutOfDeviceMemory(String call, String answer) {
    super("%s: %s".formatted(call, answer));
    this.asked = 0;
    this.free = 0;
  }

  /** Bytes that were asked for, 0 where that is not known. */
  public long asked() {
    return asked;
  }

  /** Bytes that the card had left. */
  public long free() {
    return free;
  }
}
