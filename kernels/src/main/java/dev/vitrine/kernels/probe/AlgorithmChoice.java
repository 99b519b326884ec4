package dev.vitrine.kernels.probe;

/**
 * An algorithm of cuDNN as its heuristic or its search offers it.
 *
 * @param millis what cuDNN says it takes; negative where it does not say
 */
record AlgorithmChoice(int algorithm, boolean deterministic, long workspace, double millis) {}
