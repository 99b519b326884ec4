"""Pillow's resampling of the sample images, the reference for the image input."""

import numpy as np
from PIL import Image

CASES = [  # image, width, height, filter
    ("cat", 227, 227, "bilinear"),
    ("cat", 64, 64, "bilinear"),
    ("coffee", 227, 227, "bilinear"),
    ("coffee", 64, 64, "bilinear"),
    ("astronaut", 64, 64, "bilinear"),
    ("cat", 500, 400, "bilinear"),  # larger both ways
    ("cat", 470, 90, "bilinear"),  # larger across, smaller down
    ("cat", 227, 227, "bicubic"),
    ("cat", 160, 120, "nearest"),
]


def resized(samples, image, width, height, method="bilinear"):
    """uint8 [height, width, 3] in RGB order: the whole image stretched to width x height."""
    with Image.open(samples / f"{image}.png") as opened:
        if opened.mode != "RGB":
            raise ValueError(f"{image}.png is {opened.mode}, expected RGB")
        return np.asarray(opened.resize((width, height), Image.Resampling[method.upper()]))


def noised(pixels, seed):
    """float32 pixels in 0..255 with noise of under half a grey level, so that no two tie.

    The noise is a multiple of 1/256: exact in float32, and it packs well.
    """
    rng = np.random.default_rng(seed)
    noise = rng.integers(-127, 128, pixels.shape) / 256.0
    return (np.clip(pixels, 1, 254) + noise).astype(np.float32)


def add_goldens(store, samples):
    for image, width, height, method in CASES:
        store.add(
            "resize.npz",
            f"{image}-{width}x{height}-{method}",
            resized(samples, image, width, height, method),
            what="Pillow's Image.resize of the whole image, uint8, RGB",
            image=image,
            width=width,
            height=height,
            filter=method,
        )
