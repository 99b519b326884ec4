/** Benchmarks of a card, ready to run on one: our kernels, and VGG16 beside PyTorch. */
package dev.vitrine.bench.gpu;
