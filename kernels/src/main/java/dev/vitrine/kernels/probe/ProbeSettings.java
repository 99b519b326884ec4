package dev.vitrine.kernels.probe;

import java.nio.file.Path;
import java.util.List;

/**
 * What a section measures, and on what.
 *
 * @param device the card's number
 * @param batches batch sizes
 * @param layers names of VGG16's convolutions; sums are over these
 * @param samples outputs of each convolution that are compared with the CPU
 * @param workspaceBytes the most scratch memory that an algorithm may ask for
 * @param seed of the tensors' values
 * @param libraries folders whose CUDA and cuDNN libraries are loaded before any other
 * @param python the command that starts Python
 */
record ProbeSettings(
    int device,
    List<Integer> batches,
    List<TensorLayout> layouts,
    List<Precision> precisions,
    List<Vgg16.Layer> layers,
    int samples,
    long workspaceBytes,
    long seed,
    List<Path> libraries,
    String python) {}
