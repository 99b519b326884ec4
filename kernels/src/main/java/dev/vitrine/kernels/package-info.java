/** The CUDA backend: kernels, their compilation and launch. */
package dev.vitrine.kernels;
