package dev.vitrine.engine.onednn;

import org.bytedeco.dnnl.dnnl_memory_desc;

/**
 * A frozen kernel in the layout that a primitive asked for.
 *
 * @param layout what the kernel was before; from it the plain kernel can be had back, bit by bit
 * @param descriptor oneDNN's description of where each element lies; owned
 */
record PackedKernel(KernelLayout layout, dnnl_memory_desc descriptor, Block block) {}
