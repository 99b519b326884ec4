package dev.vitrine.kernels.probe;

/** There is a driver but no card to run on. */
final class MissingDevice extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MissingDevice(String message) {
    super(message);
  }
}
