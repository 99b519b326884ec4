"""Holds the operations' goldens, which PyTorch made, to Keras, TensorFlow and Pillow.

Convolution, pooling and softmax must agree with Keras to 1e-12 with their gradients, activations
to 1e-7, as Keras keeps some of their constants in float32, the antialiased resampling with Pillow's on float images to 1e-5, Adam with a step written out
here to 1e-12, and the affine matrices with a plain bilinear loop to 1e-12.
"""

import os

import numpy as np
from PIL import Image

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import tensorflow as tf

KERAS_ACTIVATIONS = {
    "relu": keras.activations.relu,
    "relu-at-zero": keras.activations.relu,
    "relu6": keras.activations.relu6,
    "leaky_relu": lambda x: keras.activations.leaky_relu(x, negative_slope=0.25),
    "elu": keras.activations.elu,
    "elu-half": lambda x: keras.activations.elu(x, alpha=0.5),
    "selu": keras.activations.selu,
    "sigmoid": keras.activations.sigmoid,
    "tanh": keras.activations.tanh,
    "softplus": keras.activations.softplus,
    "softsign": keras.activations.softsign,
    "gelu": lambda x: keras.activations.gelu(x, approximate=False),
    "gelu-tanh": lambda x: keras.activations.gelu(x, approximate=True),
    "silu": keras.activations.silu,
    "hard_sigmoid": keras.activations.hard_sigmoid,
    "exp": keras.activations.exponential,
}


def forward_of(case, arrays):
    """The operation as Keras or TensorFlow has it; None where they have no such thing."""
    op = case["op"]
    if op == "conv2d":
        pads = case["pads"]
        around = [[0, 0], [pads["top"], pads["bottom"]], [pads["left"], pads["right"]], [0, 0]]
        explicit = case["padding"] == "explicit"

        def convolution(x, w, b):
            parts = zip(tf.split(x, case["groups"], 3), tf.split(w, case["groups"], 3))
            padding = "VALID" if explicit else case["padding"].upper()
            return b + tf.concat(
                [
                    tf.nn.conv2d(
                        tf.pad(part, around) if explicit else part,
                        dilated(kernel, *case["dilation"]),
                        case["stride"],
                        padding,
                    )
                    for part, kernel in parts
                ],
                3,
            )

        return convolution
    if op == "maxpool":
        return lambda x: tf.nn.max_pool2d(x, case["pool"], case["stride"], case["padding"].upper())
    if op == "avgpool":
        return lambda x: tf.nn.avg_pool2d(x, case["pool"], case["stride"], case["padding"].upper())
    if op == "activation":
        return KERAS_ACTIVATIONS.get(case["case"].removeprefix("activation-"))
    return {"softmax": tf.nn.softmax, "log_softmax": tf.nn.log_softmax}.get(op)


def dilated(w, down, across):
    """The kernel with zeros in between: TensorFlow's CPU has no gradient of a dilated one."""
    kh, kw, inputs, outputs = w.shape
    w = tf.reshape(w, (kh, 1, kw, 1, inputs, outputs))
    w = tf.pad(w, [[0, 0], [0, down - 1], [0, 0], [0, across - 1], [0, 0], [0, 0]])
    w = tf.reshape(w, (kh * down, kw * across, inputs, outputs))
    return w[: (kh - 1) * down + 1, : (kw - 1) * across + 1]


def against_keras(case, arrays):
    """The largest relative difference of output and gradients; None where there is no witness."""
    forward = forward_of(case, arrays)
    if forward is None:
        return None
    names = [n for n in ("x", "w", "b") if n in arrays]
    inputs = [tf.constant(arrays[n]) for n in names]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        y = forward(*inputs)
    found = {"y": y}
    gradients = tape.gradient(y, inputs, output_gradients=tf.constant(arrays["dy"]))
    found.update({"d" + n: g for n, g in zip(names, gradients)})
    return max(relative(value.numpy(), arrays[name]) for name, value in found.items())


def against_pillow(case, arrays):
    if case["op"] != "resample" or not (case["antialias"] or case["mode"] == "nearest-exact"):
        return None
    height, width = case["to"]
    method = Image.Resampling[case["mode"].removesuffix("-exact").upper()]
    channels = np.moveaxis(arrays["x"][0].astype(np.float32), 2, 0)
    found = [np.asarray(Image.fromarray(c).resize((width, height), method)) for c in channels]
    return relative(np.stack(found, 2)[None], arrays["y"])


def against_loop(case, arrays):
    if case["op"] != "affine":
        return None
    x, matrix = arrays["x"][0], arrays["matrix"]
    y = np.zeros(arrays["y"].shape[1:])
    for row, column in np.ndindex(*y.shape[:2]):
        u, v = matrix @ (column, row, 1)
        left, top = int(np.floor(u)), int(np.floor(v))
        for r, c in ((top, left), (top, left + 1), (top + 1, left), (top + 1, left + 1)):
            if 0 <= r < x.shape[0] and 0 <= c < x.shape[1]:
                y[row, column] += (1 - abs(v - r)) * (1 - abs(u - c)) * x[r, c]
    return relative(y, arrays["y"][0])


def against_adam(case, arrays):
    if case["op"] != "adam":
        return None
    p, m, v, rows = arrays["start"].copy(), 0, 0, []
    for step, g in enumerate(arrays["gradients"], 1):
        g = g + case["weightDecay"] * p
        m = case["beta1"] * m + (1 - case["beta1"]) * g
        v = case["beta2"] * v + (1 - case["beta2"]) * g * g
        m_hat, v_hat = m / (1 - case["beta1"] ** step), v / (1 - case["beta2"] ** step)
        p = p - case["learningRate"] * m_hat / (np.sqrt(v_hat) + case["epsilon"])
        rows.append(p)
    return relative(np.stack(rows), arrays["steps"])


def relative(value, truth):
    return float(np.max(np.abs(value - truth)) / np.max(np.abs(truth)))


def check(cases):
    """Prints the worst case per operation and witness, and fails where one is too far off."""
    worst = {}
    for case in cases.list:
        prefix = case["case"] + "."
        arrays = {n: cases.arrays[prefix + n] for n in case["arrays"]}
        for witness, limit in (
            (against_keras, 1e-12),
            (against_pillow, 1e-5),
            (against_loop, 1e-12),
            (against_adam, 1e-12),
        ):
            far = witness(case, arrays)
            if far is None:
                continue
            if case["op"] == "activation":
                limit = 1e-7
            key = case["op"], witness.__name__.replace("_", " ")
            count, most = worst.get(key, (0, 0.0))
            worst[key] = count + 1, max(most, far)
            if not far <= limit:
                raise SystemExit(f"{case['case']} {key[1]}: off by {far:.1e}, limit {limit}")
    for (op, witness), (count, most) in worst.items():
        print(f"{op} {witness}: {count} cases, worst {most:.1e}")
