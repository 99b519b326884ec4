package dev.vitrine.engine.backend;

/**
 * What a user may ask of a device.
 *
 * @param index which of several, from 0
 * @param tf32 true if products may be rounded to TF32; false is strict float32
 */
public record DeviceOptions(int index, boolean tf32) {
  /** The first device, strict float32. */
  public static final DeviceOptions DEFAULT = new DeviceOptions(0, false);
}
