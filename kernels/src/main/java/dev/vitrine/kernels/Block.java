package dev.vitrine.kernels;

/** A piece of the card's memory, of a size class. */
record Block(long address, long bytes) {}
