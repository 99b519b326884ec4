"""Makes the model files and layers.npz that LayersTest reads: every layer that has a test nowhere else.

    python make_layers.py        # in this folder, Keras 3.15, TensorFlow, PyTorch, h5py, NumPy

Keras 3 writes the models, on PyTorch, which knows channels first on a CPU, and says what each
layer's output is for a random input, and what the gradient of a weighted sum of the model's outputs
is at the input. NAME.h5, NAME.keras and nested.weights.h5 hold the same weights.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
import torch
from keras import layers as L
from keras.src.activations import ALL_OBJECTS_DICT

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")
random = np.random.default_rng(2027)
goldens = {}


def randomize(model):
    """Weights that leave no layer dead or trivial."""
    for w in model.weights:
        role = w.path.split("/")[-1]
        values = random.normal(0, 0.3, w.shape)
        if role in ("gamma", "moving_variance", "variance"):
            values = random.uniform(0.5, 1.5, w.shape)
        if role != "count":
            w.assign(values.astype(np.float32))


def keep(name, model, wanted, x=None):
    """Stores an input, what the named outputs are for it, and a gradient."""
    if x is None:
        x = random.normal(0, 1, (2,) + tuple(d or 9 for d in model.input_shape[1:]))
        x = x.astype(np.float32)
    goldens[name + ":x"] = x
    pixels = torch.tensor(x, device="cpu").requires_grad_()
    found = keras.Model(model.inputs, list(wanted.values()))(pixels)
    found = found if isinstance(found, (list, tuple)) else [found]
    for key, y in zip(wanted, found):
        y = y.detach().cpu().numpy()
        assert np.isfinite(y).all() and np.abs(y).max() > 0, (name, key)
        goldens[name + ":" + key] = y
    y = model(pixels)
    y = y[0] if isinstance(y, (list, tuple)) else y
    weight = random.normal(0, 1, y.shape).astype(np.float32)
    (gradient,) = torch.autograd.grad((y * torch.tensor(weight)).sum(), pixels)
    goldens[name + ":seed"] = weight
    goldens[name + ":gradient"] = gradient.cpu().numpy()


def save(name, model):
    model.save(os.path.join(FILES, name + ".h5"))
    model.save(os.path.join(FILES, name + ".keras"))


def outputs(model):
    return {l.name: l.output for l in model.layers[1:]}


def layers():
    x = keras.Input((9, 11, 4), name="photo")
    h = L.Normalization(name="normal")
    h.build((None, 9, 11, 4))
    h = h(x)
    h = L.Rescaling([0.5, 1.0, 2.0, 1.5], offset=[0.1, 0.0, -0.1, 0.2], name="rescaled")(h)
    h = L.BatchNormalization(axis=-1, scale=False, name="norm")(h)
    deep = L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, name="deep")(h)
    apart = L.SeparableConv2D(
        5, (2, 3), strides=2, padding="same", depth_multiplier=3, activation="relu", name="apart"
    )(h)
    both = L.Concatenate(name="both")([deep, apart])
    up = L.Conv2DTranspose(3, 3, strides=2, padding="same", activation="elu", name="up")(both)
    wide = L.Conv2DTranspose(2, (2, 4), strides=3, name="wide")(both)
    odd = L.Conv2DTranspose(
        2, 4, strides=(2, 3), padding="valid", output_padding=(1, 2), use_bias=False, name="odd"
    )(both)
    one = L.Conv2DTranspose(3, (3, 2), padding="same", name="one")(both)
    nearest = L.UpSampling2D((2, 3), name="nearest")(one)
    bilinear = L.UpSampling2D(2, interpolation="bilinear", name="bilinear")(one)
    slopes = L.PReLU(shared_axes=[1, 2], name="slopes")(up)
    own = L.PReLU(name="own")(wide)
    bent = L.ReLU(max_value=1.5, negative_slope=0.2, threshold=0.3, name="bent")(odd)
    capped = L.ReLU(max_value=0.7, name="capped")(nearest)
    turned = L.Permute((3, 1, 2), name="turned")(bilinear)
    dense = L.Dense(4, activation="tanh", name="dense")(bilinear)
    soft = L.Softmax(name="soft")(dense)
    least = L.Minimum(name="least")([dense, soft])
    ends = [
        L.GlobalAveragePooling2D(name=f"mean_{t.name}")(t) for t in (own, bent, capped, turned, least)
    ]
    ends.append(L.Flatten(name="flat")(L.GlobalMaxPooling2D(keepdims=True, name="most")(slopes)))
    h = L.Concatenate(name="features")(ends)
    h = L.PReLU(name="row_slopes")(h)
    y = L.Dense(3, activation="sigmoid", name="scores")(h)
    model = keras.Model(x, y, name="layers")
    randomize(model)
    save("layers", model)
    keep("layers", model, outputs(model))


NAMES = sorted(set(ALL_OBJECTS_DICT) - {"linear", "threshold"})


def activations():
    x = keras.Input((3, 5, 6), name="numbers")
    h = L.Rescaling(2.0, name="wider")(x)
    each = [L.Activation(name, name=name)(h) for name in NAMES]
    # Keras takes glu's shape for its input's, and sums sparsemax' partial sums once too often.
    even = [t for name, t in zip(NAMES, each) if name not in ("glu", "sparsemax")]
    ends = [L.Add(name="sum")(even), each[NAMES.index("glu")], each[NAMES.index("sparsemax")]]
    model = keras.Model(x, ends, name="activations")
    model.save(os.path.join(FILES, "activations.h5"))
    keep("activations", model, outputs(model))
    goldens["activations:sparsemax"] = sparsemax(goldens["activations:wider"])


def sparsemax(x):
    """Martins and Astudillo, From Softmax to Sparsemax, 2016, algorithm 1."""
    ordered = -np.sort(-x.astype(np.float64), -1)
    below = np.cumsum(ordered, -1) - 1
    count = (ordered * np.arange(1, x.shape[-1] + 1) > below).sum(-1, keepdims=True)
    limit = np.take_along_axis(below, count - 1, -1) / count
    return np.maximum(x - limit, 0).astype(np.float32)


def first():
    """Channels first, and what follows when not all layers agree."""
    kind = {"data_format": "channels_first"}
    x = keras.Input((3, 8, 10), name="photo")
    h = L.BatchNormalization(axis=1, name="norm")(x)
    h = L.Conv2D(4, 3, activation="relu", name="conv", **kind)(h)
    h = L.ZeroPadding2D(((1, 0), (2, 1)), name="framed", **kind)(h)
    a = L.Conv2D(4, 3, strides=2, padding="same", groups=2, name="left", **kind)(h)
    b = L.SeparableConv2D(4, 3, strides=2, padding="same", name="right", **kind)(h)
    h = L.Concatenate(axis=1, name="joined")([a, b])
    h = L.PReLU(shared_axes=[2, 3], name="slopes")(h)
    h = L.Softmax(axis=1, name="shares")(h)
    h = L.UpSampling2D(2, name="larger", **kind)(h)
    h = L.MaxPooling2D((2, 3), name="pool", **kind)(h)
    mixed = L.AveragePooling2D(2, name="crosswise", data_format="channels_last")(h)
    mixed = L.GlobalMaxPooling2D(name="crosswise_most")(mixed)
    mean = L.GlobalAveragePooling2D(name="mean", **kind)(h)
    flat = L.Flatten(name="flat")(h)
    flat = L.Dropout(0.5, name="dropped")(flat)
    rows = L.Dense(5, activation="relu", name="rows")(flat)
    turned = L.Flatten(name="turned", **kind)(h)
    turned = L.Dense(4, name="turned_rows")(turned)
    order = L.BatchNormalization(name="order")(flat)
    order = L.Dense(2, name="order_rows")(order)
    shaped = L.Reshape((4, -1), name="shaped")(h)
    shaped = L.Flatten(name="shaped_flat")(shaped)
    shaped = L.Dense(2, name="shaped_rows")(shaped)
    h = L.Concatenate(name="features")([mean, rows, turned, order, shaped, mixed])
    y = L.Dense(3, activation="softmax", name="scores")(h)
    model = keras.Model(x, y, name="first")
    randomize(model)
    model.save(os.path.join(FILES, "first.h5"))
    keep("first", model, outputs(model))


def nested():
    x = keras.Input((8, 8, 3), name="tile")
    h = L.Conv2D(4, 3, padding="same", activation="relu", name="conv")(x)
    h = L.BatchNormalization(name="norm")(h)
    base = keras.Model(x, L.Conv2D(3, 3, padding="same", name="again")(h), name="base")
    head = keras.Sequential(
        [keras.Input((8, 8, 3)), L.Conv2D(4, 1, name="conv"), L.BatchNormalization(name="norm")],
        name="head",
    )
    middle_in = keras.Input((8, 8, 3))
    middle = keras.Model(middle_in, [head(middle_in), middle_in], name="middle")
    photo = keras.Input((8, 8, 3), name="photo")
    first, second = base(photo), base(L.Conv2D(3, 1, name="before")(photo))
    split, same = middle(L.Add(name="sum")([first, second]))
    joined = L.Concatenate(name="joined")([split, same])
    y = L.Dense(3, name="scores")(L.GlobalAveragePooling2D(name="mean")(joined))
    model = keras.Model(photo, [y, joined], name="nested")
    randomize(model)
    save("nested", model)
    with open(os.path.join(HERE, "nested_config.json"), "w") as out:
        out.write(model.to_json())
    model.save_weights(os.path.join(FILES, "nested.weights.h5"))
    base.trainable = False
    model.save(os.path.join(FILES, "nested_frozen.h5"))
    wanted = {
        "base/again": first,
        "base/again#1": second,
        "middle/head/norm": split,
        "joined": joined,
        "scores": y,
    }
    keep("nested", model, wanted)


def chain():
    """A Sequential model of a Sequential model and a Dense layer, as Chollet's book builds them."""
    base = keras.Sequential(
        [keras.Input((6, 6, 2)), L.Conv2D(3, 3, activation="relu", name="conv"), L.MaxPooling2D(name="pool")],
        name="base",
    )
    model = keras.Sequential([base, L.Flatten(name="flat"), L.Dense(2, name="scores")], name="chain")
    randomize(model)
    save("chain", model)
    keep("chain", model, {"scores": model.outputs[0]})


def flat():
    """Inputs that are no images: grey ones without channels, and rows."""
    for name, shape in (("map", (5, 4)), ("row", (12,))):
        model = keras.Sequential([keras.Input(shape, name="numbers")], name=name)
        if name == "map":
            model.add(L.Flatten(name="flat"))
        model.add(L.Dense(8, activation="relu", name="hidden"))
        model.add(L.Reshape((2, 2, 2), name="image"))
        model.add(L.Conv2D(3, 2, name="conv"))
        randomize(model)
        model.save(os.path.join(FILES, name + ".h5"))
        keep(name, model, {"hidden": model.get_layer("hidden").output, "conv": model.outputs[0]})


for make in (layers, activations, first, nested, chain, flat):
    make()
np.savez_compressed(os.path.join(HERE, "layers.npz"), **goldens)
