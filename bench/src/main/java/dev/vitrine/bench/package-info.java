/** Benchmarks of the engine and of the methods built on it. */
package dev.vitrine.bench;
