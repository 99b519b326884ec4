package dev.vitrine.kernels.device;

import jcuda.driver.CUdeviceptr;

/** A pointer of JCuda's whose number can be given and asked for, which JCuda's own hides. */
final class Address extends CUdeviceptr {
  private static final CUdeviceptr ZERO = new CUdeviceptr();

  /** A null pointer, for the driver to fill in. */
  Address() {}

  /** A pointer to an address on the card; JCuda's natives add a pointer and its offset. */
  Address(long address) {
    super(ZERO, address);
  }

  long value() {
    return getNativePointer() + getByteOffset();
  }
}
