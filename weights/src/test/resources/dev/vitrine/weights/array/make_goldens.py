"""Makes arrays.npz and float32.npy beside this script. Made with numpy 2.4.6."""

import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
FLOAT32 = np.array([[0, 0.5, 1], [1.5, 2, -2.5]], dtype=np.float32)

np.save(HERE / "float32.npy", FLOAT32)
np.savez_compressed(
    HERE / "arrays.npz",
    float32=FLOAT32,
    float64=np.array([math.pi, -1e300]),
    uint8=np.array([[0, 127], [128, 255]], dtype=np.uint8),
    int32=np.array([-5, 2**31 - 1], dtype=np.int32),
    int64=np.array([-1, 2**53], dtype=np.int64),
    scalar=np.float32(42),
    empty=np.zeros((0, 4), dtype=np.float32),
)
