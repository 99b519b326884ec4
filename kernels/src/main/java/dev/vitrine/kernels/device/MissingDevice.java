package dev.vitrine.kernels.device;

/** There is a driver but no card to run on. */
public final class MissingDevice extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MissingDevice(String message) {
    super(message);
  }
}
