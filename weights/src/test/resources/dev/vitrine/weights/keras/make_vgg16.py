"""Makes what Vgg16Test and H5DatasetTest read.

    python make_vgg16.py           # in this folder, Keras 3.15, TensorFlow, h5py, NumPy

narrow_vgg16.h5, a stand-in, has VGG16's layers with a sixteenth of the channels, for pictures of
64x64 and ten classes, in the layout of the published weights-only files, which Keras 1 wrote. The
goldens are what Keras computes with these weights, and the gradient of one logit.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
import tensorflow as tf

import make_architectures

HERE = os.path.dirname(os.path.abspath(__file__))
CLASS = 7
random = np.random.default_rng(2014)


def config():
    keras.backend.clear_session()  # layers are counted from the first again
    return json.loads(keras.applications.VGG16(weights=None).to_json())["config"]


def narrow():
    whole = config()
    for layer in whole["layers"]:
        layer.pop("build_config", None)
        settings = layer["config"]
        if "batch_shape" in settings:
            settings["batch_shape"] = [None, 64, 64, 3]
        for size in ("filters", "units"):
            if size in settings:
                settings[size] = 10 if settings["name"] == "predictions" else settings[size] // 16
    make_architectures.write("narrow_vgg16", make_architectures.shortened(whole), HERE)
    model = keras.Model.from_config(whole)
    for layer in model.layers:
        if layer.weights:
            kernel, bias = layer.weights
            # He's normal distribution keeps the activations as large as they are.
            spread = np.sqrt(2 / np.prod(kernel.shape[:-1]))
            spread /= 100 if layer.name == "predictions" else 1  # or the softmax is one class only
            layer.set_weights(
                [random.normal(0, spread, kernel.shape), random.normal(0, 0.1, bias.shape)]
            )
    return model


def weights_only(model, path):
    """The layout of Keras 1's save_weights."""
    with h5py.File(path, "w", libver="earliest") as file:
        file.attrs["layer_names"] = np.array([layer.name.encode() for layer in model.layers])
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}_{role}_1:0" for role in "Wb"[: len(layer.weights)]]
            group.attrs["weight_names"] = np.array([n.encode() for n in names])
            for name, weight in zip(names, layer.get_weights()):
                group.create_dataset(name, data=weight)


def goldens(model):
    x = random.normal(0, 60, (1, 64, 64, 3)).astype(np.float32)
    before = keras.Model(model.inputs, model.get_layer("fc2").output)
    kernel, bias = model.get_layer("predictions").weights
    found = {"x": x}
    with tf.GradientTape() as tape:
        pixels = tf.constant(x)
        tape.watch(pixels)
        scores = tf.matmul(before(pixels), kernel.value) + bias.value
        score = scores[0, CLASS]
    found["predictions.pre"] = scores.numpy()
    found["gradient"] = tape.gradient(score, pixels).numpy()
    for name in ("block1_conv1", "block3_conv3", "block5_pool", "flatten", "fc1", "predictions"):
        found[name] = keras.Model(model.inputs, model.get_layer(name).output)(x).numpy()
    for name, array in found.items():
        assert np.isfinite(array).all() and np.abs(array).max() > 0, name
        print(name, array.shape, float(np.abs(array).max()))
    np.savez_compressed(os.path.join(HERE, "narrow_vgg16.npz"), **found)


def numbers():
    """The same six numbers as other machines and other writers store them, for H5DatasetTest."""
    six = np.arange(6).reshape(2, 3) - 2.5
    path = os.path.join(HERE, "files", "numbers.h5")
    with h5py.File(path, "w", libver="earliest", userblock_size=512) as file:
        for kind in ("<f4", ">f4", "<f8", ">f8"):
            file[kind[1:] + ("_big" if kind[0] == ">" else "_little")] = six.astype(kind)
        file.create_dataset("in_chunks", data=six.astype("<f4"), chunks=(1, 2), compression=9)


if __name__ == "__main__":
    small = narrow()
    weights_only(small, os.path.join(HERE, "files", "narrow_vgg16.h5"))
    goldens(small)
    numbers()
