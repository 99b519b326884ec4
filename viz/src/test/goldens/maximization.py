"""Activation maximization from coarse to fine, step by step as Graetz published it.

Run by itself, it writes maximize.npz and maximize.json: for each case the noise that it starts
from, the image in standard deviations after each round, and the mean of the channel's map. Whole
runs are no use as goldens: Adam's first steps follow the sign of a gradient, so that where it is
nearly zero two ways of rounding part for good. So a case is two short rounds, computed in float32
and in float64, and the distance between the two stands beside it.

    python maximization.py --squeezenet squeezenet_v1.0_imagenet.h5 --tiny-vgg tiny_vgg.h5
"""

import argparse
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from keras_net import KerasNet

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]
START = 56
STEPS = 4

CASES = [
    # name, model, layer, channel, mean of the network's own preprocessing (RGB), scale, BGR
    ("squeezenet-fire2", "squeezenet", "fire2_expand3x3.pre", 5, [123, 117, 104], 1, True),
    ("squeezenet-fire3", "squeezenet", "fire3_expand1x1.pre", 5, [123, 117, 104], 1, True),
    ("tiny_vgg-conv_1_2", "tiny_vgg", "conv_1_2", 4, [0, 0, 0], 1 / 255, False),
    ("tiny_vgg-conv_2_2", "tiny_vgg", "conv_2_2", 1, [0, 0, 0], 1 / 255, False),
]


class CutNet(KerasNet):
    """A network that ends with one layer, so that it takes images of any size."""

    def __init__(self, path, last, dtype):
        super().__init__(path, dtype)
        names = [name for name, *_ in self.layers]
        self.layers = self.layers[: names.index(last.removesuffix(".pre")) + 1]


def noise(seed):
    """Whole numbers in 150..179 of 255, in standard deviations."""
    pixels = np.uint8(np.random.default_rng(seed).uniform(150, 180, (1, START, START, 3)))
    return ((pixels / 255 - MEAN) / STD).astype(np.float32)


def enlarged(z, size):
    """Cubic with a = -0.75, edges repeated; then a 5x5 box, edges mirrored: as OpenCV does both."""
    z = z.permute(0, 3, 1, 2)
    z = F.interpolate(z, (size, size), mode="bicubic", align_corners=False)
    z = F.avg_pool2d(F.pad(z, (2, 2, 2, 2), mode="reflect"), 5, 1)
    return z.permute(0, 2, 3, 1)


def climb(net, z, layer, channel, mean, scale, bgr):
    """One round: the image after it, and the mean of the channel's map there."""
    std, middle = torch.tensor(STD, dtype=z.dtype), torch.tensor(MEAN, dtype=z.dtype)

    def activation(z):
        x = ((z * std + middle) * 255 - torch.tensor(mean, dtype=z.dtype)) * scale
        return net.run(x.flip(3) if bgr else x)[layer][:, channel].mean()

    z = z.detach().clone().requires_grad_(True)
    adam = torch.optim.Adam([z], lr=0.1, weight_decay=1e-6)
    for _ in range(STEPS):
        adam.zero_grad()
        (-activation(z)).backward()
        adam.step()
    z = z.detach()
    return z, activation(z).item()


def rounds(path, start, layer, channel, preprocessing, dtype):
    """The images after both rounds and the activations there."""
    net = CutNet(path, layer, dtype)
    first, low = climb(net, torch.tensor(start).to(dtype), layer, channel, *preprocessing)
    larger = enlarged(first, int(1.2 * START))
    second, high = climb(net, larger, layer, channel, *preprocessing)
    return first.numpy()[0], second.numpy()[0], [low, high]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squeezenet", required=True)
    parser.add_argument("--tiny-vgg", required=True)
    parser.add_argument("--out", type=pathlib.Path, default="viz/src/test/resources/goldens")
    args = parser.parse_args()
    arrays, cases = {}, []
    for seed, (name, model, layer, channel, *preprocessing) in enumerate(CASES):
        path = args.squeezenet if model == "squeezenet" else args.tiny_vgg
        start = noise(seed)
        f32 = rounds(path, start, layer, channel, preprocessing, torch.float32)
        f64 = rounds(path, start, layer, channel, preprocessing, torch.float64)
        arrays[f"{name}/start"] = start[0]
        case = {"name": name, "model": model, "layer": layer, "channel": channel, "steps": STEPS}
        for r, size in enumerate([START, int(1.2 * START)]):
            arrays[f"{name}/round{r + 1}"] = f32[r].astype(np.float32)
            apart = np.abs(f32[r] - f64[r])
            case[f"round{r + 1}"] = {
                "size": size,
                "activation": f32[2][r],
                "distance64": float(apart.max()),
                "apart": int((apart > 1e-3).sum()),
            }
        cases.append(case)
        print(case)
    np.savez_compressed(args.out / "maximize.npz", **arrays)
    made = {"torch": torch.__version__, "numpy": np.__version__}
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    (args.out / "maximize.json").write_text(
        f'{{\n  "made": {json.dumps(made)},\n  "cases": [\n{lines}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    main()
