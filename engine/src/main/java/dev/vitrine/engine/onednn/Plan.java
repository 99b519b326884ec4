package dev.vitrine.engine.onednn;

/** Primitives that belong together and are freed together. */
interface Plan extends AutoCloseable {
  @Override
  void close();
}
