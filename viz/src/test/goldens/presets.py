"""The first steps of the presets `chollet` and `lucid`, from what their authors published.

Run by itself, it writes presets.npz and presets.json. `maximization.py` holds the preset `graetz`.

chollet: "How convolutional neural networks see the world" (2016). The mean of a channel's map,
behind its activation, goes up by steps of 1 along the gradient divided by its root mean square; the
result is standardized to a mean of a half and a deviation of a tenth.

lucid: Olah, Mordvintsev and Schubert, "Feature Visualization" (2017), and the code beside it. The
image is the sigmoid of decorrelated colours, their spectrum is divided by its frequencies; a frame,
jitter, one of eleven scales, one of twenty-six angles, jitter; Adam with a rate of 0.05; the
redirected ReLU first. Three things are PyTorch's and not TensorFlow 1's: resampling takes pixel
centres at a half, the rotation is bilinear (theirs takes the nearest pixel), and Adam adds its
epsilon to the corrected root. What is drawn at random stands in presets.json.

The images are those of float64; `distance64` is how far those of float32 are from them after each
step. Where Adam follows the sign of a gradient that is nearly zero the two part for good.

    python presets.py --squeezenet squeezenet_v1.0_imagenet.h5 --tiny-vgg tiny_vgg.h5
"""

import argparse
import json
import math
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

from maximization import CutNet

PREPROCESSING = {  # mean of each channel in 0..255, RGB; scale; whether the network takes BGR
    "squeezenet": ([123, 117, 104], 1, True),
    "tiny_vgg": ([0, 0, 0], 1 / 255, False),
}
STEPS = 3
CHOLLET = [  # name, model, layer, channel, size
    ("squeezenet-fire2", "squeezenet", "fire2_expand3x3", 5, 48),
    ("tiny_vgg-relu_1_2", "tiny_vgg", "relu_1_2", 4, 40),
]
LUCID = [  # name, model, layer, channel, size, steps with the redirected ReLU, deviation of noise
    ("squeezenet-fire2", "squeezenet", "fire2_expand3x3.pre", 5, 40, 0, 0.01),
    ("squeezenet-fire2-dead", "squeezenet", "fire2_expand1x1", None, 40, 2, 0.01),
    ("tiny_vgg-conv_1_2", "tiny_vgg", "conv_1_2", 4, 40, 0, 0.01),
]
SPECTRA = [(8, 8), (6, 10), (7, 6), (6, 7)]

COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
SCALES = [1 + (i - 5) / 50.0 for i in range(11)]
ANGLES = list(range(-10, 11)) + 5 * [0]


def standardized(x):
    """Chollet's way to make numbers a picture."""
    x = (x - x.mean()) / (x.std(unbiased=False) + 1e-5)
    return torch.clip(x * 0.1 + 0.5, 0, 1)


def chollet(path, model, layer, channel, start, dtype):
    """The images after each step, in the network's own numbers but RGB, and the picture."""
    net = CutNet(path, layer, dtype)
    bgr = PREPROCESSING[model][2]
    x = torch.tensor(start).to(dtype)[None]
    images = []
    for _ in range(STEPS):
        x = x.detach().requires_grad_(True)
        net.run(x.flip(3) if bgr else x)[layer][:, channel].mean().backward()
        g = x.grad
        x = x.detach() + g / (g.square().mean().sqrt() + 1e-5)
        images.append(x[0].numpy())
    return images, standardized(x)[0].numpy()


def image_of(spectrum, h, w):
    """Colours [h, w, 3] of a spectrum [h, 2, frequencies, 3] of real and imaginary parts."""
    dtype = spectrum.dtype
    fy = np.fft.fftfreq(h)[:, None]
    fx = np.abs(np.fft.fftfreq(w)[: w // 2 + 1])
    frequency = np.sqrt(fx * fx + fy * fy)
    scale = math.sqrt(w * h) / np.maximum(frequency, 1.0 / max(w, h))
    scaled = spectrum * torch.tensor(scale)[:, None, :, None].to(dtype)
    waves = torch.complex(scaled[:, 0], scaled[:, 1]).permute(2, 0, 1)
    planes = torch.fft.irfft2(waves, s=(h, w)) / 4.0
    correlation = COLOURS / np.max(np.linalg.norm(COLOURS, axis=0))
    mixed = planes.permute(1, 2, 0) @ torch.tensor(correlation.T).to(dtype)
    return torch.sigmoid(mixed)


def rotated(x, degrees):
    """[1, 3, h, w] about its centre, zero outside; where an output pixel comes from as in TF."""
    h, w = x.shape[2:]
    angle = math.radians(degrees)
    ys, xs = torch.meshgrid(
        torch.arange(h, dtype=x.dtype) - (h - 1) / 2,
        torch.arange(w, dtype=x.dtype) - (w - 1) / 2,
        indexing="ij",
    )
    from_x = math.cos(angle) * xs - math.sin(angle) * ys
    from_y = math.sin(angle) * xs + math.cos(angle) * ys
    grid = torch.stack([2 * from_x / (w - 1), 2 * from_y / (h - 1)], dim=-1)[None]
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=True)


def transformed(x, draws):
    """[1, 3, h, w] through lucid's transforms; drawn are offsets, a scale, an angle, offsets."""
    top, left, scale, angle, top2, left2 = draws
    x = F.pad(x, (12, 12, 12, 12), value=0.5)
    h, w = x.shape[2:]
    x = x[:, :, top : top + h - 8, left : left + w - 8]
    h, w = x.shape[2:]
    size = (int(SCALES[scale] * h), int(SCALES[scale] * w))
    x = F.interpolate(x, size, mode="bilinear", align_corners=False)
    x = rotated(x, ANGLES[angle])
    h, w = x.shape[2:]
    return x[:, :, top2 : top2 + h - 4, left2 : left2 + w - 4]


def seen(model, image):
    """What the network takes of colours [1, 3, h, w]."""
    mean, scale, bgr = PREPROCESSING[model]
    x = (image.permute(0, 2, 3, 1) * 255 - torch.tensor(mean, dtype=image.dtype)) * scale
    return x.flip(3) if bgr else x


def lucid(path, model, layer, channel, start, draws, redirected, dtype):
    """The images after each step, and how large the first gradient is."""
    net = CutNet(path, layer, dtype)
    h = w = start.shape[0]
    spectrum = torch.tensor(start).to(dtype).requires_grad_(True)
    adam = torch.optim.Adam([spectrum], lr=0.05)
    images, first = [], None
    for step, drawn in enumerate(draws):
        adam.zero_grad()
        x = transformed(image_of(spectrum, h, w).permute(2, 0, 1)[None], drawn)
        rule = "redirected" if step < redirected else "gradient"
        (-net.run(seen(model, x), rule)[layer][:, channel].mean()).backward()
        first = spectrum.grad.abs().max().item() if first is None else first
        adam.step()
        images.append(image_of(spectrum, h, w).detach().numpy())
    return images, first


def dead_channel(path, model, layer, start, draws):
    """The first channel of a layer that is zero everywhere for the first image."""
    h = w = start.shape[0]
    x = transformed(image_of(torch.tensor(start), h, w).permute(2, 0, 1)[None], draws[0])
    maps = CutNet(path, layer, torch.float32).run(seen(model, x))[layer]
    return int((maps.amax((0, 2, 3)) == 0).nonzero()[0])


def draws_of(rng):
    return [int(rng.integers(n)) for n in (9, 9, len(SCALES), len(ANGLES), 5, 5)]


def distances(f32, f64):
    return [float(np.abs(a - b).max()) for a, b in zip(f32, f64, strict=True)]


def add_chollet(arrays, paths):
    cases = []
    for seed, (name, model, layer, channel, size) in enumerate(CHOLLET):
        rng = np.random.default_rng(seed)
        start = (rng.random((size, size, 3)) * 20 + 128).astype(np.float32)
        f32, _ = chollet(paths[model], model, layer, channel, start, torch.float32)
        f64, picture = chollet(paths[model], model, layer, channel, start, torch.float64)
        arrays[f"chollet-{name}/start"] = start
        for i, image in enumerate(f64):
            arrays[f"chollet-{name}/step{i + 1}"] = image.astype(np.float32)
        arrays[f"chollet-{name}/picture"] = picture.astype(np.float32)
        cases.append({"name": name, "model": model, "layer": layer, "channel": channel})
        cases[-1].update(size=size, distance64=distances(f32, f64))
    return cases


def add_lucid(arrays, paths):
    cases = []
    for seed, (name, model, layer, channel, size, redirected, deviation) in enumerate(LUCID):
        rng = np.random.default_rng(seed)
        shape = (size, 2, size // 2 + 1, 3)
        start = (deviation * rng.standard_normal(shape)).astype(np.float32)
        draws = [draws_of(rng) for _ in range(STEPS)]
        if channel is None:
            channel = dead_channel(paths[model], model, layer, start, draws)
            plain = lucid(paths[model], model, layer, channel, start, draws[:1], 0, torch.float64)
            if plain[1] != 0:
                raise ValueError(f"{name}: channel {channel} has a gradient, so it holds nothing")
        args = (paths[model], model, layer, channel, start, draws, redirected)
        f32, _ = lucid(*args, torch.float32)
        f64, first = lucid(*args, torch.float64)
        if first == 0:
            raise ValueError(f"{name}: no gradient arrives, so it holds nothing")
        arrays[f"lucid-{name}/start"] = start
        for i, image in enumerate(f64):
            arrays[f"lucid-{name}/step{i + 1}"] = image.astype(np.float32)
        cases.append({"name": name, "model": model, "layer": layer, "channel": channel})
        cases[-1].update(size=size, redirected=redirected, draws=draws)
        cases[-1].update(distance64=distances(f32, f64))
    return cases


def add_spectra(arrays):
    """Spectra with their images, and the gradient of the images' product with a seed."""
    cases = []
    for seed, (h, w) in enumerate(SPECTRA):
        rng = np.random.default_rng(seed)
        start = rng.standard_normal((h, 2, w // 2 + 1, 3)).astype(np.float32)
        weights = rng.standard_normal((h, w, 3)).astype(np.float32)
        spectrum = torch.tensor(start).double().requires_grad_(True)
        image = image_of(spectrum, h, w)
        (image * torch.tensor(weights)).sum().backward()
        name = f"spectrum-{h}x{w}"
        arrays[f"{name}/spectrum"] = start
        arrays[f"{name}/image"] = image.detach().numpy()
        arrays[f"{name}/seed"] = weights
        arrays[f"{name}/gradient"] = spectrum.grad.numpy()
        cases.append({"name": name, "height": h, "width": w})
    return cases


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--squeezenet", required=True)
    parser.add_argument("--tiny-vgg", required=True)
    parser.add_argument("--out", type=pathlib.Path, default="viz/src/test/resources/goldens")
    args = parser.parse_args()
    paths = {"squeezenet": args.squeezenet, "tiny_vgg": args.tiny_vgg}
    torch.set_num_threads(1)
    arrays = {}
    cases = {
        "chollet": add_chollet(arrays, paths),
        "lucid": add_lucid(arrays, paths),
        "spectra": add_spectra(arrays),
    }
    np.savez_compressed(args.out / "presets.npz", **arrays)
    made = {"torch": torch.__version__, "numpy": np.__version__}
    parts = [f'  "made": {json.dumps(made)}']
    for kind, found in cases.items():
        lines = ",\n".join("    " + json.dumps(case) for case in found)
        parts.append(f'  "{kind}": [\n{lines}\n  ]')
        print(lines)
    (args.out / "presets.json").write_text("{\n" + ",\n".join(parts) + "\n}\n")


if __name__ == "__main__":
    main()
