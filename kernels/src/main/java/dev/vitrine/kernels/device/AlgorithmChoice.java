package dev.vitrine.kernels.device;

/**
 * An algorithm of cuDNN as its heuristic or its search offers it.
 *
 * @param deterministic whether cuDNN says that it gives the same bits every time
 * @param workspace bytes of scratch memory
 * @param millis what cuDNN says it takes; negative where it does not say
 */
public record AlgorithmChoice(
    int algorithm, boolean deterministic, long workspace, double millis) {}
