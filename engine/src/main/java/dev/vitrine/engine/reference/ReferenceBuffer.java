package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Window;

/** A handle on an array of doubles; views are further handles on the same one. */
final class ReferenceBuffer extends Buffer {

  /** The array itself, and what all of its handles share. */
  static final class Memory {
    final ReferenceMemory owner;
    final double[] data;
    int handles;
    boolean frozen;

    Memory(ReferenceMemory owner, int size) {
      this.owner = owner;
      data = new double[size];
    }
  }

  final Memory memory;

  /** The pooling whose switches this holds, null for an ordinary buffer. */
  final Window switchesOf;

  boolean released;

  ReferenceBuffer(Memory memory, Shape shape, Window switchesOf) {
    super(shape);
    this.memory = memory;
    this.switchesOf = switchesOf;
    memory.handles++;
  }
}
