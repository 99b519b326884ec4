"""Goldens of whole networks: logits, gradients under the ReLU rules, Grad-CAM, weights' gradients.

Each is computed in float32, which is stored, and in float64, which tells how far float32 is from
the truth. A second measure repeats the float32 run with every weight moved by at most one unit in
its last place: ReLUs near zero and pooling ties then fall differently, as they do in another
implementation, and `jitter` is the largest distance from float64 that this brings.
"""

import dataclasses

import numpy as np
import torch

from keras_net import KerasNet
from resizing import noised, resized

JITTERS = 12


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    size: int
    images: tuple
    preprocess: str
    unit_layer: str
    channel_layer: str
    cam_layers: tuple
    gradient_layers: tuple  # (layer, channels kept or None)
    weights: bool


SQUEEZENET = Model(
    name="squeezenet",
    size=227,
    images=("cat", "coffee"),
    preprocess="mean=123,117,104;order=bgr",
    unit_layer="fire5_concat",
    channel_layer="fire9_concat",
    cam_layers=("pad10", "fire9_concat", "fire5_concat"),
    gradient_layers=(("fire9_concat", None), ("fire5_concat", 64), ("pool1", 8)),
    weights=False,
)
TINY_VGG = Model(
    name="tiny_vgg",
    size=64,
    images=("cat", "coffee", "astronaut"),
    preprocess="scale=1/255",
    unit_layer="relu_2_2",
    channel_layer="relu_2_2",
    cam_layers=("max_pool_2", "relu_2_2", "conv_2_2", "relu_1_2"),
    gradient_layers=(("relu_2_2", None), ("max_pool_1", None), ("relu_1_1", None)),
    weights=True,
)
# by choose_seeds.py
SEEDS = {
    ("squeezenet", "cat"): 1,
    ("squeezenet", "coffee"): 22,
    ("tiny_vgg", "cat"): 1,
    ("tiny_vgg", "coffee"): 2,
    ("tiny_vgg", "astronaut"): 3,
}


def preprocessed(model, pixels, dtype):
    """[1, size, size, 3] as the network wants it, for RGB pixels in 0..255."""
    x = torch.tensor(pixels).to(dtype)[None]
    if model.name == "squeezenet":
        return (x - torch.tensor([123.0, 117.0, 104.0], dtype=dtype)).flip(3)
    return x / 255


def in_rgb(model, gradient):
    """The gradient at the preprocessed pixels [size, size, 3] with its channels in RGB order."""
    g = gradient.detach().numpy()[0]
    return np.ascontiguousarray(g[:, :, ::-1] if model.name == "squeezenet" else g)


def unit_of(layer_output):
    """channel, y, x of the strongest unit of [1, c, h, w]: the first maximum in h, w, c order."""
    nhwc = layer_output.permute(0, 2, 3, 1).detach().numpy()[0]
    y, x, c = np.unravel_index(np.argmax(nhwc), nhwc.shape)
    return {"channel": int(c), "y": int(y), "x": int(x)}


def facts_of(model, path, pixels):
    """What is explained, decided once in float64: the top class, the unit and the channel."""
    with torch.no_grad():
        out = KerasNet(path, torch.float64).run(preprocessed(model, pixels, torch.float64))
    return {
        "class": int(out["logits"].argmax()),
        "unit": unit_of(out[model.unit_layer]),
        "channel": int(out[model.channel_layer].mean((0, 2, 3)).argmax()),
    }


def compute(model, net, pixels, facts):
    """All goldens of one image by (kind, detail), as arrays of the net's precision."""
    found = {}
    cls, unit = facts["class"], facts["unit"]
    x = preprocessed(model, pixels, net.dtype).requires_grad_()
    for w in net.weights.values():
        w.requires_grad_(model.weights)
    for rule in ("gradient", "guided", "deconvnet"):
        out = net.run(x, rule)
        logit = out["logits"][0, cls]
        score = out[model.unit_layer][0, unit["channel"], unit["y"], unit["x"]]
        mean = out[model.channel_layer][0, facts["channel"]].mean()

        def at_input(objective):
            return in_rgb(model, torch.autograd.grad(objective, x, retain_graph=True)[0])

        if rule != "deconvnet":  # a class's deconvnet is all zero on these networks
            found["class", rule] = at_input(logit)
        found["unit", rule] = at_input(score)
        if rule != "gradient":
            continue
        found["channel", rule] = at_input(mean)
        found["logits", ""] = net.nhwc(out["logits"])[0]
        found["probabilities", ""] = net.nhwc(out["probabilities"])[0]
        for layer in model.cam_layers:
            (g,) = torch.autograd.grad(logit, out[layer], retain_graph=True)
            signed = (g.mean((2, 3), keepdim=True) * out[layer]).sum(1)[0].detach().numpy()
            found["cam", layer] = np.maximum(signed, 0)
            found["cam-signed", layer] = signed
        for layer, channels in model.gradient_layers:
            (g,) = torch.autograd.grad(logit, out[layer], retain_graph=True)
            found["layer-gradient", layer] = net.nhwc(g)[0][:, :, :channels]
        if model.weights:
            names = list(net.weights)
            grads = torch.autograd.grad(
                logit, [net.weights[n] for n in names], retain_graph=True, materialize_grads=True
            )
            for (layer, kind), g in zip(names, grads):
                found["weight-gradient", f"{layer}/{kind}"] = g.numpy()
    return found


def distance(value, truth):
    """The largest difference, relative to the truth's largest value."""
    return float(np.max(np.abs(value - truth)) / np.max(np.abs(truth)))


def significant(value):
    return float(f"{value:.3g}")


def add_goldens(store, model, path, samples):
    net32, net64 = KerasNet(path, torch.float32), KerasNet(path, torch.float64)
    jittered = [KerasNet(path, torch.float32, jitter_seed=s) for s in range(JITTERS)]
    for image in model.images:
        small = resized(samples, image, model.size, model.size)
        pixels = noised(small, SEEDS[model.name, image])
        facts = facts_of(model, path, pixels)
        found = compute(model, net32, pixels, facts)
        truth = compute(model, net64, pixels, facts)
        others = [compute(model, net, pixels, facts) for net in jittered]
        prefix = f"{model.name}-{image}"
        common = {"model": model.name, "image": image, "preprocess": model.preprocess}
        store.add(
            f"{prefix}.npz",
            "pixels",
            pixels,
            what="the input before preprocessing: RGB, 0..255, resized and with a little noise",
            **common,
        )
        for (kind, detail), value in found.items():
            file, array, described = place(model, kind, detail, facts)
            reference = truth[kind, detail]
            store.add(
                f"{prefix}{file}.npz",
                array,
                value,
                **described,
                **common,
                maxAbs=significant(np.max(np.abs(reference))),
                distance64=significant(distance(value, reference)),
                jitter=significant(max(distance(o[kind, detail], reference) for o in others)),
            )


def place(model, kind, detail, facts):
    """(suffix of the file, name of the array, entry in the index) of one golden."""
    cls = {"class": facts["class"]}
    if kind in ("logits", "probabilities"):
        what = "the softmax's input" if kind == "logits" else "the softmax's output"
        return "", kind, {"what": what}
    if kind == "class":
        what = "gradient of the class logit at the preprocessed pixels, in RGB order"
        return "-class", detail, {"what": what, "rule": detail, **cls}
    if kind == "unit":
        what = "gradient at the preprocessed pixels, RGB, seeded with 1 at the unit's layer output"
        unit = {"layer": model.unit_layer, **facts["unit"]}
        return "", f"unit-{detail}", {"what": what, "rule": detail, **unit}
    if kind == "channel":
        what = "gradient at the preprocessed pixels, RGB, of the mean of the channel's map"
        described = {"layer": model.channel_layer, "channel": facts["channel"]}
        return "-class", "channel-mean", {"what": what, "rule": detail, **described}
    if kind in ("cam", "cam-signed"):
        formula = "sum_c mean_hw(dlogit/dA_c) A_c"
        what = f"Grad-CAM, relu({formula})" if kind == "cam" else f"Grad-CAM, {formula}"
        return "", f"grad{kind}-{detail}", {"what": what, "layer": detail, **cls}
    if kind == "layer-gradient":
        kept = dict(model.gradient_layers)[detail]
        what = "gradient of the class logit at the layer's output, [h, w, c]"
        described = {"what": what, "layer": detail, **cls}
        if kept is not None:
            described["firstChannels"] = kept
        return "-layers", f"gradient-{detail}", described
    what = "gradient of the class logit with respect to the weight, in Keras' layout"
    return "-weights", detail, {"what": what, "weight": detail, **cls}
