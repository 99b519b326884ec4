"""DeepDream's first steps in PyTorch: octaves, rolls, tiles, normalized steps.

Run by itself, it writes dream.npz and dream.json: for each case the photograph (seeded noise,
smoothed) and the dream, in float32, with its distance from float64. The rolls are those of the
generator that java.util.Random documents, which stands here too.

    python dreaming.py --squeezenet squeezenet_v1.0_imagenet.h5 --tiny-vgg tiny_vgg.h5
"""

import argparse
import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from maximization import CutNet

OCTAVES, SCALE, STEPS, RATE, TILE, SEED = 2, 1.4, 2, 1.5, 64, 5

CASES = [
    # name, model, layer, mean of the network's own preprocessing (RGB), scale, BGR
    ("squeezenet-fire3", "squeezenet", "fire3_concat", [123, 117, 104], 1, True),
    ("tiny_vgg-relu_1_2", "tiny_vgg", "relu_1_2", [0, 0, 0], 1 / 255, False),
]
H, W = 84, 98


class JavaRandom:
    """The linear congruential generator of java.util.Random."""

    def __init__(self, seed):
        self.state = (seed ^ 0x5DEECE66D) & ((1 << 48) - 1)

    def bits(self, count):
        self.state = (self.state * 0x5DEECE66D + 0xB) & ((1 << 48) - 1)
        signed = self.state >> (48 - count)
        return signed - (1 << count) if signed >= 1 << (count - 1) and count == 32 else signed

    def below(self, bound):
        if bound & (bound - 1) == 0:
            return (bound * self.bits(31)) >> 31
        while True:
            drawn = self.bits(31)
            value = drawn % bound
            if drawn - value + bound - 1 < 1 << 31:
                return value


def resized(x, h, w):
    if x.shape[1:3] == (h, w):
        return x
    x = x.permute(0, 3, 1, 2)
    x = F.interpolate(x, (h, w), mode="bicubic", align_corners=False, antialias=True)
    return x.permute(0, 2, 3, 1)


def bounds(side):
    parts = -(-side // TILE)
    return [(i * side // parts, (i + 1) * side // parts) for i in range(parts)]


def gradient(net, layer, x, mean, scale, bgr):
    """Of the mean square of the layer in each tile, times the tile's pixels."""
    whole = torch.zeros_like(x)
    for top, bottom in bounds(x.shape[1]):
        for left, right in bounds(x.shape[2]):
            tile = x[:, top:bottom, left:right].clone().requires_grad_(True)
            seen = (tile * 255 - torch.tensor(mean, dtype=x.dtype)) * scale
            out = net.run(seen.flip(3) if bgr else seen)[layer]
            (out**2).mean().backward()
            pixels = (bottom - top) * (right - left)
            whole[:, top:bottom, left:right] = tile.grad * pixels
    return whole


def dream(net, layer, photograph, *preprocessing):
    rolls = JavaRandom(SEED)
    gained = None
    for octave in reversed(range(OCTAVES)):
        h = int(np.floor(H / SCALE**octave + 0.5))
        w = int(np.floor(W / SCALE**octave + 0.5))
        plain = resized(photograph, h, w)
        image = plain if gained is None else plain + resized(gained, h, w)
        image = image.clamp(0, 1)
        for _ in range(STEPS):
            down, right = rolls.below(h), rolls.below(w)
            rolled = torch.roll(image, (down, right), (1, 2))
            g = gradient(net, layer, rolled, *preprocessing)
            rolled = (rolled + RATE / 255 / g.abs().mean() * g).clamp(0, 1)
            image = torch.roll(rolled, (-down, -right), (1, 2))
        gained = image - plain
    return image


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squeezenet", required=True)
    parser.add_argument("--tiny-vgg", required=True)
    parser.add_argument("--out", type=pathlib.Path, default="viz/src/test/resources/goldens")
    args = parser.parse_args()
    arrays, cases = {}, []
    for seed, (name, model, layer, *preprocessing) in enumerate(CASES):
        path = args.squeezenet if model == "squeezenet" else args.tiny_vgg
        noise = torch.tensor(np.random.default_rng(seed).uniform(0, 1, (1, H + 4, W + 4, 3)))
        smooth = F.avg_pool2d(noise.permute(0, 3, 1, 2), 5, 1).permute(0, 2, 3, 1)
        photograph = smooth.to(torch.float32)
        made = {}
        for dtype in (torch.float32, torch.float64):
            net = CutNet(path, layer, dtype)
            made[dtype] = dream(net, layer, photograph.to(dtype), *preprocessing).numpy()[0]
        apart = np.abs(made[torch.float32] - made[torch.float64])
        arrays[f"{name}/photograph"] = photograph.numpy()[0]
        arrays[f"{name}/dream"] = made[torch.float32].astype(np.float32)
        case = {
            "name": name,
            "model": model,
            "layer": layer,
            "distance64": float(apart.max()),
            "moved": float(np.abs(made[torch.float32] - photograph.numpy()[0]).max()),
        }
        cases.append(case)
        print(case)
    np.savez_compressed(args.out / "dream.npz", **arrays)
    settings = {
        "octaves": OCTAVES,
        "scale": SCALE,
        "steps": STEPS,
        "rate": RATE,
        "tile": TILE,
        "seed": SEED,
        "torch": torch.__version__,
    }
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    (args.out / "dream.json").write_text(
        f'{{\n  "settings": {json.dumps(settings)},\n  "cases": [\n{lines}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    main()
