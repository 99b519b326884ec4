"""Numbers from a name: the same floats as GeneratedWeights in Java makes.

Number i of an array is the top 24 bits of SplitMix64's i-th output, seeded by the 64 bit FNV-1a hash
of the array's name, put between two limits in float64 and rounded to float32.
"""

import numpy as np

STEP = np.uint64(0x9E3779B97F4A7C15)


def fnv1a(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return np.uint64(value)


def uniform(name, shape, low, high):
    with np.errstate(over="ignore"):
        z = fnv1a(name) + np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64) * STEP
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = (z ^ (z >> np.uint64(31))) >> np.uint64(40)
    return (low + (high - low) * (z.astype(np.float64) / 2**24)).astype(np.float32).reshape(shape)


def weight(name, shape, inputs):
    """A layer's array; `inputs` is how many numbers each output of a kernel is a sum of."""
    role = name.replace(".", "/").split("/")[-1]
    if len(shape) > 1:  # He's uniform distribution keeps the activations as large as they are
        bound = np.sqrt(6.0 / inputs)
        return uniform(name, shape, -bound, bound)
    if role in ("gamma", "moving_variance", "running_var", "weight"):
        return uniform(name, shape, 0.8, 1.2)
    return uniform(name, shape, -0.1, 0.1)


def places(size, count):
    """Which of an array's numbers are kept."""
    if size <= count:
        return np.arange(size)
    return np.arange(count, dtype=np.int64) * 2654435761 % size
