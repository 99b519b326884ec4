"""Runs a Keras full-model HDF5 file in PyTorch: layer by layer, in any precision.

Keras keeps images as [n, h, w, c]; inside this module they are [n, c, h, w], PyTorch's order.
Only `KerasNet.nhwc` hands a tensor out, and it turns it around.
"""

import json

import h5py
import numpy as np
import torch
import torch.nn.functional as F

from relu_rules import relu


def same_padding(size, kernel, stride, dilation=1):
    """Keras' "same" along one axis: (before, after), the odd pixel goes after."""
    out = -(-size // stride)
    total = max((out - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def pad_same(x, kernel, stride, dilation=(1, 1), value=0.0):
    """x [n, c, h, w] padded as Keras' "same" does it."""
    top, bottom = same_padding(x.shape[2], kernel[0], stride[0], dilation[0])
    left, right = same_padding(x.shape[3], kernel[1], stride[1], dilation[1])
    return F.pad(x, (left, right, top, bottom), value=value)


class KerasNet:
    """The layers of one file in order; an activation inside a layer becomes a layer of its own.

    `conv1` with activation relu is split into `conv1.pre` and `conv1`.
    """

    def __init__(self, path, dtype, jitter_seed=None, jitter_ulps=1):
        self.dtype = dtype
        with h5py.File(path, "r") as file:
            config = json.loads(file.attrs["model_config"])
            self.name = config["config"]["name"]
            self.layers = []
            previous = None
            for layer in config["config"]["layers"]:
                name = layer["config"]["name"]
                inputs = inbound(layer.get("inbound_nodes"))
                if config["class_name"] == "Sequential" and previous is not None:
                    inputs = [previous]
                self.layers.append((name, layer["class_name"], layer["config"], inputs))
                previous = name
            self.weights = {}
            for name, group in file["model_weights"].items():
                for path in group.attrs["weight_names"]:
                    kind = path.split("/")[-1].split(":")[0]
                    self.weights[name, kind] = torch.tensor(group[path][()])
        if jitter_seed is not None:
            self._jitter(jitter_seed, jitter_ulps)
        self.weights = {k: w.to(dtype) for k, w in self.weights.items()}

    def _jitter(self, seed, ulps):
        """Moves every weight by at most about `ulps` units in its last place; zero stays zero."""
        rng = np.random.default_rng(seed)
        for key, w in self.weights.items():
            factor = 1 + rng.integers(-ulps, ulps + 1, w.shape) * 2.0**-23
            self.weights[key] = (w.double() * torch.tensor(factor)).float()

    def run(self, x, rule="gradient", after=None):
        """All layers' outputs by name for x [n, h, w, c]; "logits" is what the softmax is given.

        With `after`, x [n, c, h, w] is that layer's output, and only what follows it is run:
        nothing that comes later may draw on a layer before it.
        """
        names = [name for name, *_ in self.layers]
        first = 0 if after is None else names.index(after) + 1
        out = {} if after is None else {after: x}
        for name, kind, config, inputs in self.layers[first:]:
            if kind == "InputLayer":
                out[name] = x.permute(0, 3, 1, 2)
                continue
            if not inputs or inputs[0] not in out:  # a Sequential file may omit its InputLayer
                out[inputs[0] if inputs else "input"] = x.permute(0, 3, 1, 2)
            y = self._layer(name, kind, config, [out[i] for i in inputs])
            activation = config.get("activation", "linear")
            if kind == "ReLU":
                activation = "relu"
            if activation == "linear":
                out[name] = y
                continue
            if kind not in ("Activation", "ReLU"):
                out[name + ".pre"] = y
            if activation == "relu":
                out[name] = relu(y, rule)
            elif activation == "softmax":
                out["logits"] = y
                out[name] = F.softmax(y, dim=1)
                out["probabilities"] = out[name]
            else:
                raise ValueError(f"{name}: activation {activation} is not known here")
        return out

    def _layer(self, name, kind, config, xs):
        x = xs[0]
        if kind == "Conv2D":
            w = self.weights[name, "kernel"].permute(3, 2, 0, 1)  # HWIO to OIHW
            stride, dilation = config["strides"], config["dilation_rate"]
            if config["padding"] == "same":
                x = pad_same(x, config["kernel_size"], stride, dilation)
            bias = self.weights[name, "bias"] if config["use_bias"] else None
            return F.conv2d(x, w, bias, stride, 0, dilation, config["groups"])
        if kind == "MaxPooling2D":
            if config["padding"] == "same":
                x = pad_same(x, config["pool_size"], config["strides"], value=-torch.inf)
            return F.max_pool2d(x, config["pool_size"], config["strides"])
        if kind == "Dense":
            return x @ self.weights[name, "kernel"] + self.weights[name, "bias"]
        if kind == "Flatten":
            return x.permute(0, 2, 3, 1).flatten(1)  # rows of a dense kernel are in H, W, C order
        if kind == "Concatenate":
            if config["axis"] not in (3, -1):
                raise ValueError(f"{name}: concatenation along axis {config['axis']}")
            return torch.cat(xs, dim=1)
        if kind == "ZeroPadding2D":
            (top, bottom), (left, right) = config["padding"]
            return F.pad(x, (left, right, top, bottom))
        if kind == "GlobalAveragePooling2D":
            return x.mean((2, 3))
        if kind in ("Activation", "ReLU", "Dropout", "Softmax"):
            return x
        raise ValueError(f"{name}: layer class {kind} is not known here")

    @staticmethod
    def nhwc(x):
        """A [n, c, h, w] tensor as a NumPy array [n, h, w, c]; others unchanged."""
        x = x.detach()
        return (x.permute(0, 2, 3, 1) if x.dim() == 4 else x).contiguous().numpy()


def inbound(nodes):
    """Names of the layers that feed a layer of a functional Keras 3 file."""
    if isinstance(nodes, dict):
        if nodes.get("class_name") == "__keras_tensor__":
            return [nodes["config"]["keras_history"][0]]
        nodes = list(nodes.values())
    if isinstance(nodes, list):
        return [name for node in nodes for name in inbound(node)]
    return []
