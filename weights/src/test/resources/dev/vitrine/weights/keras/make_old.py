"""Makes old.npz: what the models in files/keras2, which Keras 1 and 2 wrote, compute.

    python make_old.py FOLDER        # Keras 3.15 on PyTorch; FOLDER holds *.h5 and *.hdf5

Today's Keras does not read these files, so each is built again here from its configuration, layer
by layer, and its weights are set by hand. Theano convolves: its kernels are rotated by 180 degrees.
keras__simple__cnn_tf comes with an input and the output that Keras 1.1.2 had for it, which must
come out; its text has the channels first. Without FOLDER, the files are those of files/keras2.
"""

import glob
import json
import os
import sys

os.environ["KERAS_BACKEND"] = "torch"
import h5py
import keras
import numpy as np
from keras import layers as L

HERE = os.path.dirname(os.path.abspath(__file__))
random = np.random.default_rng(2028)


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def built(kind, c, old_sigmoid):
    """A layer of today's Keras for one of Keras 1 or 2."""
    orders = {"tf": "channels_last", "th": "channels_first", None: "channels_last"}
    order = c.get("data_format") or orders[c.get("dim_ordering")]
    activation = c.get("activation")
    if activation == "hard_sigmoid" and old_sigmoid:
        raise SystemExit("a hard sigmoid was another one")
    images = {"data_format": order, "padding": c.get("padding") or c.get("border_mode") or "valid"}
    name = {"name": c["name"]}
    if kind in ("Conv2D", "Convolution2D"):
        size = c.get("kernel_size") or (c["nb_row"], c["nb_col"])
        return L.Conv2D(
            c.get("filters") or c["nb_filter"],
            size,
            strides=c.get("strides") or c["subsample"],
            activation=activation,
            use_bias=c.get("use_bias", c.get("bias")),
            **images,
            **name,
        )
    if kind == "DepthwiseConv2D":
        return L.DepthwiseConv2D(
            c["kernel_size"], c["strides"], depth_multiplier=c["depth_multiplier"], activation=activation, **images, **name
        )
    if kind == "Dense":
        return L.Dense(c.get("units") or c["output_dim"], activation=activation, **name)
    if kind == "MaxPooling2D":
        return L.MaxPooling2D(c["pool_size"], c["strides"], **images, **name)
    if kind == "GlobalMaxPooling2D":
        return L.GlobalMaxPooling2D(data_format=order, **name)
    if kind == "ZeroPadding2D":
        return L.ZeroPadding2D(c["padding"], data_format=order, **name)
    if kind == "Cropping2D":
        return L.Cropping2D(c["cropping"], data_format=order, **name)
    if kind == "UpSampling2D":
        return L.UpSampling2D(
            c["size"], data_format=order, interpolation=c.get("interpolation", "nearest"), **name
        )
    if kind == "Flatten":
        return L.Flatten(data_format=order if c.get("data_format") else None, **name)
    if kind == "Reshape":
        return L.Reshape(c["target_shape"], **name)
    if kind in ("Dropout", "SpatialDropout2D"):
        return L.Dropout(0.5, **name)
    if kind == "BatchNormalization":
        return L.BatchNormalization(axis=c["axis"], epsilon=c["epsilon"], **name)
    if kind == "LeakyReLU":
        return L.LeakyReLU(float(c["alpha"]), **name)
    if kind == "PReLU":
        return L.PReLU(shared_axes=c["shared_axes"], **name)
    if kind == "Activation":
        return L.Activation(activation, **name)
    raise SystemExit("no " + kind)


def model(config, weights, theano, old_sigmoid):
    """The model, and its layers' outputs by name."""
    chain = config["class_name"] == "Sequential"
    entries = config["config"] if isinstance(config["config"], list) else config["config"]["layers"]
    known, last, first = {}, None, None
    for entry in entries:
        c = entry["config"]
        if last is None:
            last = first = keras.Input(c["batch_input_shape"][1:])
            known[c["name"]] = last
        if entry["class_name"] == "InputLayer":
            continue
        layer = built(entry["class_name"], c, old_sigmoid)
        before = last if chain else known[entry["inbound_nodes"][0][0][0]]
        last = known[c["name"]] = layer(before)
        if layer.weights:
            values = [np.array(w) for w in weights(c["name"])]
            if theano and isinstance(layer, L.Conv2D):
                values[0] = values[0][::-1, ::-1]
            layer.set_weights(values)
    outputs = [last] if chain else [known[o[0]] for o in config["config"]["output_layers"]]
    inner = {n: t for n, t in known.items() if t is not first}
    return keras.Model(first, outputs), inner


def main(folder):
    goldens = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.h5")) + glob.glob(os.path.join(folder, "*.hdf5"))):
        name = os.path.basename(path)
        with h5py.File(path) as file:
            alone = "model_config" not in file.attrs
            if alone:
                config = json.load(open(path.replace("_weights.h5", "_config.json")))
                version, group = "1", file
            else:
                config = json.loads(text(file.attrs["model_config"]))
                version, group = text(file.attrs["keras_version"]), file["model_weights"]

            def weights(layer):
                return [group[layer][n] for n in group[layer].attrs["weight_names"]]

            names = [text(n) for l in group.values() for n in l.attrs.get("weight_names", [])]
            theano = text(file.attrs.get("backend", b"")) == "theano" or (
                version.startswith("1") and not names[0].endswith(":0")
            )
            net, inner = model(config, weights, theano, not version.startswith("3"))
        shape = [2] + [d or 14 for d in net.input_shape[1:]]
        x = random.normal(0, 1, shape).astype(np.float32)
        given = os.path.join(folder, "keras__simple__cnn_tf_input.txt")
        if name.startswith("keras__simple") and os.path.exists(given):
            channels = np.loadtxt(given).reshape(1, 3, 8, 8)
            y = net.predict(channels.transpose(0, 2, 3, 1), verbose=0)
            expected = np.loadtxt(given.replace("_input", "_output"))
            print(name, "against Keras 1.1.2:", np.abs(y - expected).max())
        goldens[name + ":x"] = x
        found = keras.Model(net.inputs, list(inner.values())).predict(x, verbose=0)
        found = found if isinstance(found, (list, tuple)) else [found]
        for key, y in zip(inner, found):
            assert np.isfinite(y).all() and np.abs(y).max() > 0, (name, key)
            if y.size < 4000 or key == list(inner)[-1]:
                goldens[name + ":" + key] = y
        print(name, config["class_name"], "theano" if theano else "", net.count_params())
    return goldens


if __name__ == "__main__":
    if len(sys.argv) > 2:  # for a look at more files than are kept here
        np.savez_compressed(sys.argv[2], **main(sys.argv[1]))
    else:
        folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "files/keras2")
        np.savez_compressed(os.path.join(HERE, "old.npz"), **main(folder))
