"""Makes what NetworksTest reads: what Keras and PyTorch compute with the networks of the articles.

    python make_networks.py [NAME...]      # in this folder; see ../make_fixtures.py for versions

The networks' own weights are too large to be kept here. They are filled with numbers from a seeded
generator (seeded.py) that Java has too. For each there are NAME.json, which lists the weights with
their shapes and says how far float32 is from float64, and NAME.npz: logits, a sample of some
layers' outputs, and of the gradient of the largest logit at the input, worked out in float64.

The noise that is the input is the one of a few that depends least on rounding: a ReLU or a pooling
window that falls the other way changes a gradient by more than rounding. `distance` is the largest
difference of a gradient in float32, with weights as they are and moved by up to two units in their
last place, from the one in float64, relative to its largest number.

    python make_networks.py --files FOLDER [NAME...]

writes files as Keras 3 saves them, NAME.h5, NAME.keras and NAME.weights.h5, or safetensors, and
NAME.npz with an input and the layers' outputs in float32, for CompareByHand.
"""

import gc
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
import torch
from keras import layers as L

import seeded

HERE = os.path.dirname(os.path.abspath(__file__))
NOISES = range(1, 9)
NOISES_OF_LARGE = range(1, 4)
LARGE = 20_000_000
JITTERS = range(3)
KEPT = 400
KEPT_OF_GRADIENT = 2000

APPLICATIONS = {
    "vgg16": ("VGG16", ["block1_conv1", "block3_conv3", "block5_pool", "fc1"]),
    "vgg19": ("VGG19", ["block1_conv2", "block3_conv4", "block5_pool", "fc2"]),
    "inception_v3": ("InceptionV3", ["activation", "mixed0", "mixed3", "mixed8", "mixed10"]),
    "resnet50": ("ResNet50", ["conv1_relu", "pool1_pool", "conv3_block1_out", "conv5_block3_out"]),
    "mobilenet": ("MobileNet", ["conv1_relu", "conv_dw_2_relu", "conv_pw_6", "conv_pw_13_relu"]),
    "xception": ("Xception", ["block1_conv2_act", "add", "block7_sepconv2", "block14_sepconv2_act"]),
}


def cats_and_dogs():
    """cats_and_dogs_small_2 of Chollet's book, with the names that Keras 2 gave the layers."""
    model = keras.Sequential([keras.Input((150, 150, 3), name="conv2d_1_input")])
    for i, filters in enumerate((32, 64, 128, 128), 1):
        model.add(L.Conv2D(filters, 3, activation="relu", name=f"conv2d_{i}"))
        model.add(L.MaxPooling2D(2, name=f"max_pooling2d_{i}"))
    model.add(L.Flatten(name="flatten_1"))
    model.add(L.Dropout(0.5, name="dropout_1"))
    model.add(L.Dense(512, activation="relu", name="dense_1"))
    model.add(L.Dense(1, activation="sigmoid", name="dense_2"))
    assert model.count_params() == 3_453_121
    return model


def config_of_keras2(model):
    """The configuration of a chain of layers as Keras 2.0 wrote it: a bare list."""
    layers = []
    for layer in model.layers:
        settings = {"name": layer.name}
        for key in ("filters", "kernel_size", "pool_size", "units", "rate"):
            if hasattr(layer, key):
                settings[key] = getattr(layer, key)
        if hasattr(layer, "activation"):
            settings["activation"] = layer.activation.__name__
        if isinstance(layer, (L.Conv2D, L.MaxPooling2D)):
            settings |= {"data_format": "channels_last", "padding": "valid"}
        if not layers:
            settings["batch_input_shape"] = model.input_shape
        layers.append({"class_name": type(layer).__name__, "config": settings})
    return {"class_name": "Sequential", "config": layers}


class KerasWitness:
    """A network in Keras; its last layer's activation is left out."""

    def __init__(self, name, floats):
        keras.backend.clear_session()
        keras.config.set_floatx(floats)
        self.floats = floats
        if name == "cats_and_dogs_small_2":
            self.model, self.layers = cats_and_dogs(), ["conv2d_1", "max_pooling2d_3", "dense_1"]
        else:
            kind, self.layers = APPLICATIONS[name]
            self.model = getattr(keras.applications, kind)(weights=None)
        last = self.model.layers[-1]
        self.softmax = last.activation
        self.listed = []
        for layer in self.model.layers:
            kind = type(layer).__name__
            for w in layer.weights:
                role = w.path.split("/")[-1]
                inputs = int(np.prod(w.shape[:-1]))
                if kind == "DepthwiseConv2D" or role == "depthwise_kernel":
                    inputs = int(np.prod(w.shape[:2]))
                self.listed.append((f"{layer.name}/{role}", list(w.shape), inputs, w))
        if name == "mobilenet":  # the softmax is a layer of its own
            logits = last.input
        else:
            last.activation = keras.activations.linear
            logits = last(last.input)
        outputs = [logits] + [self.model.get_layer(n).output for n in self.layers]
        self.net = keras.Model(self.model.inputs, outputs)
        self.shape = [1] + list(self.model.input_shape[1:])

    def fill(self, change=lambda values: values):
        for name, shape, inputs, w in self.listed:
            w.assign(change(seeded.weight(name, shape, inputs)).astype(self.floats))

    def run(self, x, wanted=None):
        """Logits, layers and the gradient of one logit, the largest where none is said."""
        with tf.GradientTape() as tape:
            pixels = tf.constant(x, self.floats)
            tape.watch(pixels)
            logits, *outputs = self.net(pixels, training=False)
            row = tf.reshape(logits, [-1])
            wanted = int(np.argmax(row)) if wanted is None else wanted
            score = row[wanted]
        gradient = tape.gradient(score, pixels).numpy()
        found = {n: y.numpy() for n, y in zip(self.layers, outputs)}
        return wanted, row.numpy(), found, gradient

    def write(self, folder, name):
        self.model.layers[-1].activation = self.softmax
        path = os.path.join(folder, name + ".npz")
        kept = dict(np.load(path))
        kept[self.model.layers[-1].name] = self.model.predict(kept["x"], verbose=0)
        np.savez(path, **kept)
        started = time.perf_counter()
        for _ in range(3):
            self.model(tf.constant(kept["x"]), training=False)
        print(name, f"Keras' eager forward: {(time.perf_counter() - started) / 3:.3f} s", flush=True)
        self.model.save(os.path.join(folder, name + ".h5"))
        self.model.save(os.path.join(folder, name + ".keras"))
        self.model.save_weights(os.path.join(folder, name + ".weights.h5"))


def torch_vgg16_bn():
    layers, channels = [], 3
    for width, convolutions in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convolutions):
            layers += [torch.nn.Conv2d(channels, width, 3, padding=1), torch.nn.BatchNorm2d(width)]
            layers += [torch.nn.ReLU()]
            channels = width
        layers += [torch.nn.MaxPool2d(2)]
    rows = [torch.nn.Linear(512 * 49, 4096), torch.nn.ReLU(), torch.nn.Dropout()]
    rows += [torch.nn.Linear(4096, 4096), torch.nn.ReLU(), torch.nn.Dropout()]
    return layers, rows + [torch.nn.Linear(4096, 1000)]


def torch_alexnet():
    nn = torch.nn
    layers = [nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2)]
    layers += [nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(), nn.Conv2d(384, 256, 3, padding=1)]
    layers += [nn.ReLU(), nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)]
    rows = [nn.Dropout(), nn.Linear(256 * 36, 4096), nn.ReLU(), nn.Dropout()]
    return layers, rows + [nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]


class TorchWitness:
    """A network in PyTorch, with torchvision's names."""

    def __init__(self, name, floats):
        self.floats = floats
        make, self.layers = {
            "vgg16_bn": (torch_vgg16_bn, ["features.0", "features.20", "features.40", "features.42"]),
            "alexnet": (torch_alexnet, ["features.0", "features.5", "features.10"]),
        }[name]
        features, classifier = make()
        self.net = torch.nn.ModuleDict(
            {
                "features": torch.nn.Sequential(*features),
                "classifier": torch.nn.Sequential(*classifier),
            }
        ).eval()
        self.net.to(getattr(torch, floats))
        self.listed = [
            (n, list(w.shape), int(np.prod(w.shape[1:])), w)
            for n, w in self.net.state_dict().items()
            if not n.endswith("num_batches_tracked")
        ]
        self.shape = [1, 224, 224, 3]

    def fill(self, change=lambda values: values):
        for name, shape, inputs, w in self.listed:
            w.copy_(torch.tensor(change(seeded.weight(name, shape, inputs))))

    def run(self, x, wanted=None):
        pixels = torch.tensor(x, dtype=getattr(torch, self.floats)).requires_grad_()
        found, y = {}, pixels.permute(0, 3, 1, 2)
        for i, layer in enumerate(self.net["features"]):
            y = layer(y)
            if f"features.{i}" in self.layers:
                found[f"features.{i}"] = y.detach().permute(0, 2, 3, 1).numpy()
        logits = self.net["classifier"](y.flatten(1))[0]
        wanted = int(logits.argmax()) if wanted is None else wanted
        (gradient,) = torch.autograd.grad(logits[wanted], pixels)
        return wanted, logits.detach().numpy(), found, gradient.numpy()

    def write(self, folder, name):
        """As the safetensors package does it, which is a few lines."""
        header, data = {}, []
        for key, w in self.net.state_dict().items():
            data.append(w.numpy().tobytes())
            end = sum(map(len, data))
            header[key] = {
                "dtype": {"float32": "F32", "int64": "I64"}[str(w.dtype).split(".")[1]],
                "shape": list(w.shape),
                "data_offsets": [end - len(data[-1]), end],
            }
        text = json.dumps(header).encode()
        with open(os.path.join(folder, name + ".safetensors"), "wb") as out:
            out.write(len(text).to_bytes(8, "little") + text + b"".join(data))


def witness(name, floats):
    return (TorchWitness if name in ("vgg16_bn", "alexnet") else KerasWitness)(name, floats)


def noise(name, shape, seed):
    return seeded.uniform(f"{name} input {seed}", shape, -1, 1)


def jittered(seed):
    random = np.random.default_rng(seed)
    return lambda w: (w * (1 + random.integers(-2, 3, w.shape) * 2.0**-23)).astype(np.float32)


def make(name):
    exact = witness(name, "float64")
    exact.fill()
    weights = sum(int(np.prod(shape)) for _, shape, *_ in exact.listed)
    noises = NOISES_OF_LARGE if weights > LARGE else NOISES
    truth = {seed: exact.run(noise(name, exact.shape, seed)) for seed in noises}
    listed, shape = [(n, s) for n, s, *_ in exact.listed], exact.shape
    del exact
    gc.collect()
    single = witness(name, "float32")
    far = dict.fromkeys(noises, 0.0)
    worst = {}
    for change in [lambda w: w] + [jittered(seed) for seed in JITTERS]:
        single.fill(change)
        for seed in noises:
            wanted, logits, found, gradient = truth[seed]
            _, logits32, found32, gradient32 = single.run(noise(name, shape, seed), wanted)
            far[seed] = max(far[seed], relative(gradient32, gradient))
            worst[seed] = max(
                [worst.get(seed, 0), relative(logits32, logits)]
                + [relative(found32[n], found[n]) for n in found]
            )
    seed = min(far, key=lambda noise: far[noise] + 100 * worst[noise])
    wanted, logits, found, gradient = truth[seed]
    print(name, "noise", seed, "of", {s: f"{d:.1e}" for s, d in far.items()}, f"{worst[seed]:.1e}", flush=True)
    arrays = {"logits": logits, "gradient": gradient} | found
    about = {
        "noise": seed,
        "input": shape,
        "class": wanted,
        "distance": far[seed],
        "weights": listed,
        "arrays": {},
    }
    kept = {}
    for key, values in arrays.items():
        assert np.isfinite(values).all() and np.abs(values).max() > 0, (name, key)
        count = KEPT_OF_GRADIENT if key == "gradient" else 1000 if key == "logits" else KEPT
        flat = values.reshape(-1)
        kept[key] = flat[seeded.places(flat.size, count)].astype(np.float32)
        about["arrays"][key] = {
            "size": flat.size,
            "largest": float(np.abs(flat).max()),
            "mean": float(np.abs(flat).mean()),
        }
        print("  ", key, values.shape, about["arrays"][key])
    np.savez_compressed(os.path.join(HERE, name + ".npz"), **kept)
    with open(os.path.join(HERE, name + ".json"), "w") as out:
        lines = json.dumps(about).replace('"weights": [', '"weights": [\n').replace("]], ", "]],\n")
        out.write(lines.replace("]], [", "]],\n[") + "\n")


def relative(found, expected):
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def main(arguments):
    with open(os.path.join(HERE, "cats_and_dogs_small_2_config.json"), "w") as out:
        text = json.dumps(config_of_keras2(cats_and_dogs()))
        out.write(text.replace('{"class_name": "', '\n{"class_name": "').strip() + "\n")
    folder = None
    if arguments and arguments[0] == "--files":
        folder, arguments = arguments[1], arguments[2:]
    names = arguments or [*APPLICATIONS, "cats_and_dogs_small_2", "vgg16_bn", "alexnet"]
    for name in names:
        if folder is None:
            make(name)
        else:
            net = witness(name, "float32")
            net.fill()
            x = noise(name, net.shape, 1)
            _, logits, found, _ = net.run(x)
            np.savez(os.path.join(folder, name + ".npz"), x=x, **found)
            net.write(folder, name)
        gc.collect()


if __name__ == "__main__":
    main(sys.argv[1:])
