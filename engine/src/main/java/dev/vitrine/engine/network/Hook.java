package dev.vitrine.engine.network;

/** A hook's handle: closing it takes the hook away at once. Idempotent. */
@FunctionalInterface
public interface Hook extends AutoCloseable {
  @Override
  void close();
}
