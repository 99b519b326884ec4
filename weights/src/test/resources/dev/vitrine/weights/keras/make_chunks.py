"""Makes files/chunks.h5, which H5ChunksTest reads: arrays in chunks, whole ones and broken ones.

    python make_chunks.py          # in this folder, h5py, NumPy
"""

import os
import zlib

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
COUNTED = np.arange(5 * 7 * 3, dtype=np.float32).reshape(5, 7, 3)


def packed(file, name, content, chunks=COUNTED.shape, maxshape=None):
    """An array of one chunk whose bytes, packed or not, are these."""
    array = file.create_dataset(
        name, COUNTED.shape, "f4", chunks=chunks, maxshape=maxshape, compression="gzip"
    )
    array.id.write_direct_chunk((0, 0, 0), content)


with h5py.File(os.path.join(HERE, "files", "chunks.h5"), "w") as file:
    whole = dict(data=COUNTED)
    file.create_dataset("plain", chunks=(5, 7, 3), **whole)
    file.create_dataset("uneven", chunks=(2, 3, 2), **whole)
    file.create_dataset("gzip", chunks=(2, 3, 2), compression="gzip", **whole)
    file.create_dataset("shuffled", chunks=(4, 7, 1), compression="gzip", shuffle=True, **whole)
    file.create_dataset("grown", chunks=(8, 8, 8), maxshape=(None, None, None), **whole)
    file.create_dataset(
        "big_endian", data=COUNTED.astype(">f8"), chunks=(2, 3, 2), compression="gzip", shuffle=True
    )
    creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    creation.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(COUNTED.shape)
    compact = h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, creation)
    compact.write(space, space, COUNTED)

    packed(file, "bomb", zlib.compress(bytes(16 << 20), 9))
    packed(file, "short", zlib.compress(COUNTED.tobytes()[:-4]))
    packed(file, "garbled", b"these bytes are not what zlib makes")
    packed(file, "cut", zlib.compress(COUNTED.tobytes())[:-60])
    packed(file, "vast", zlib.compress(COUNTED.tobytes()), (500, 700, 900), (None, None, None))
    file.create_dataset("unfinished", COUNTED.shape, "f4", chunks=(1, 7, 3))[0] = COUNTED[0]
    file.create_dataset("lzf", chunks=(5, 7, 3), compression="lzf", **whole)
    file.create_dataset("summed", chunks=(5, 7, 3), fletcher32=True, **whole)
    file.create_dataset("scaled", chunks=(5, 7, 3), scaleoffset=1, **whole)
