"""Makes the small networks beside it, and what Keras says of viz/samples/cat.png through each.

Run in this folder with keras 3.15, tensorflow-cpu 2.21, h5py and pillow 12.
"""

import json
import os

os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
from keras import layers
from PIL import Image

CAT = "../../../../../../../samples/cat.png"


def one_sigmoid():
    """One sigmoid output: two classes."""
    return [
        layers.Input((16, 16, 3), name="picture"),
        layers.Conv2D(4, 3, activation="relu", name="conv"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(1, activation="sigmoid", name="answer"),
    ]


def any_size():
    """Pictures of any size, and no softmax at the end."""
    return [
        layers.Input((None, None, 3), name="picture"),
        layers.Conv2D(4, 3, strides=2, activation="relu", name="conv1"),
        layers.Conv2D(5, 3, activation="relu", name="conv2"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(3, name="scores"),
    ]


def maps():
    """Maps, no classes."""
    return [
        layers.Input((16, 16, 3), name="picture"),
        layers.Conv2D(4, 3, activation="relu", name="conv1"),
        layers.Conv2D(2, 3, activation="relu", name="conv2"),
    ]


def one_number():
    """One number that is neither class nor probability."""
    return [
        layers.Input((16, 16, 3), name="picture"),
        layers.Conv2D(4, 3, activation="relu", name="conv"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(1, name="number"),
    ]


def grey():
    """Pictures of one channel."""
    return [
        layers.Input((16, 16, 1), name="picture"),
        layers.Conv2D(4, 3, activation="relu", name="conv"),
        layers.GlobalAveragePooling2D(name="mean"),
        layers.Dense(3, activation="softmax", name="answer"),
    ]


expected = {}
for seed, make in enumerate([one_sigmoid, any_size, maps, one_number, grey], start=1):
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(make(), name=make.__name__)
    model.save(f"{make.__name__}.h5", include_optimizer=False)
    cat = Image.open(CAT).convert("RGB")
    if make is not any_size:
        cat = cat.resize((16, 16), Image.Resampling.BILINEAR)
    if make not in (grey, maps):
        x = np.asarray(cat, "float32")[None] / 255
        expected[make.__name__] = model.predict(x, verbose=0)[0].tolist()
with open("expected.json", "w") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
