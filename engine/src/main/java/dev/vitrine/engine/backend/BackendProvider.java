package dev.vitrine.engine.backend;

import java.util.Optional;

/** Offers a backend; found through {@link java.util.ServiceLoader}. Must load without natives. */
public interface BackendProvider {

  /** The backend's name: {@code reference}, {@code onednn}, {@code cuda}. */
  String name();

  /** The device that it drives: {@code cpu} or {@code cuda}. */
  String device();

  /** Which of several for one device is taken: the highest. */
  int priority();

  /** Why it can't be used here and what to do about it, in one line; empty if it can. */
  Optional<String> missing();

  /**
   * Whether this machine seems to have the device, so that a user wonders why it is not taken where
   * it is {@link #missing}. Costs next to nothing.
   */
  default boolean expected() {
    return true;
  }

  /**
   * Opens the device.
   *
   * @throws BackendException if it can't be opened
   */
  Backend open(DeviceOptions options);
}
