/** A card as the CUDA backend sees it, and the one that is driven through JCuda. */
package dev.vitrine.kernels.device;
