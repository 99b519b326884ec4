"""Attributions of a class logit at the preprocessed pixels, each from its paper's formula.

`x` is the preprocessed image [1, h, w, 3] in the network's channel order, S the logit of the class.
What `compute` hands out is in RGB order. README.md beside this file has the formulas.
"""

import numpy as np
import torch
import torch.nn.functional as F

from networks import in_rgb, preprocessed

STEPS = 50
BATCH = 10
SHARE = 0.15  # SmoothGrad's noise level, of the input's range
SAMPLES = 4
NOISE, BASELINE = "smoothgrad-noise", "integrated-gradients-baseline"
WINDOWS = ((8, 4), (7, 5))  # side and stride; the second does not fit, so its last window is cut
# for Tiny VGG, which subtracts no mean, black is the baseline zero already
GREYS = {"squeezenet": {"black": 0}, "tiny_vgg": {"white": 255}}


def logit(net, x, cls, rule="gradient"):
    return net.run(x, rule)["logits"][:, cls]


def gradients(net, x, cls, rule="gradient"):
    """dS/dx for each of the images x [n, h, w, 3]."""
    parts = []
    for part in x.split(BATCH):
        part = part.detach().clone().requires_grad_()
        parts.append(torch.autograd.grad(logit(net, part, cls, rule).sum(), part)[0])
    return torch.cat(parts)


def integrated_gradients(net, x, baseline, cls):
    """(x - b) * sum_k w_k dS/dx(b + a_k (x - b)), and S(x), S(b) and the completeness gap."""
    nodes, weights = np.polynomial.legendre.leggauss(STEPS)
    along = torch.tensor((nodes + 1) / 2).to(net.dtype)[:, None, None, None]
    weights = torch.tensor(weights / 2).to(net.dtype)[:, None, None, None]
    slopes = gradients(net, baseline + along * (x - baseline), cls)
    total = (x - baseline) * (weights * slopes).sum(0, keepdim=True)
    with torch.no_grad():
        high, low = float(logit(net, x, cls)), float(logit(net, baseline, cls))
    gap = high - low - float(total.sum())
    return total, {"logit": high, "baselineLogit": low, "gap": gap}


def noise_of(x, seed):
    """float32 [SAMPLES, h, w, 3] in RGB order, in multiples of 1/1024 so that it packs well."""
    sigma = SHARE * float(x.max() - x.min())
    drawn = np.random.default_rng(seed).normal(0, sigma, (SAMPLES, *x.shape[1:]))
    return (np.round(drawn * 1024) / 1024).astype(np.float32)


def in_order(model, rgb, dtype):
    """Differences of RGB images [n, h, w, 3] in the network's channel order."""
    value = torch.tensor(rgb).to(dtype)
    return value.flip(3) if model.name == "squeezenet" else value


def pixels_of(size, seed):
    """A baseline of noise: whole grey levels, float32 [size, size, 3]."""
    drawn = np.random.default_rng(seed).integers(0, 256, (size, size, 3))
    return drawn.astype(np.float32)


def grad_cam(net, x, cls, layer):
    """relu(sum_c mean(dS/dA_c) A_c) at the layer's own resolution, [1, 1, h, w]."""
    out = net.run(x)
    (g,) = torch.autograd.grad(out["logits"][0, cls], out[layer])
    return torch.relu((g.mean((2, 3), keepdim=True) * out[layer]).sum(1, keepdim=True)).detach()


def guided_grad_cam(net, x, cls, layer):
    cam = grad_cam(net, x.clone().requires_grad_(), cls, layer)
    cam = F.interpolate(cam, x.shape[1:3], mode="bilinear", align_corners=False)
    return gradients(net, x, cls, "guided") * cam[0, 0, :, :, None]


def occlusion(net, x, cls, side, stride):
    """Mean, over the windows that cover a pixel, of S(x) - S(x with 0 there); [h, w]."""
    height, width = x.shape[1:3]
    masks = []
    for top in starts(height, side, stride):
        for left in starts(width, side, stride):
            mask = torch.zeros(height, width, dtype=net.dtype)
            mask[top : top + side, left : left + side] = 1  # slicing cuts what sticks out
            masks.append(mask)
    masks = torch.stack(masks)
    with torch.no_grad():
        drops = logit(net, x, cls) - logit(net, x * (1 - masks[..., None]), cls)
    return (drops[:, None, None] * masks).sum(0) / masks.sum(0)


def starts(size, side, stride):
    """ceil((size - side) / stride) + 1 of them: the last window may end past the image."""
    return range(0, -(-(size - side) // stride) * stride + 1, stride)


def compute(model, net, pixels, cls, extra):
    """{name: (array, facts)} of one image; `extra` has arrays that a case stores beside its map:
    the noise [n, h, w, 3] of SmoothGrad, pixels [h, w, 3] as a baseline of integrated gradients.
    """
    x = preprocessed(model, pixels, net.dtype)
    found = {}

    def add(name, method, value, **facts):
        found[name] = (value, {"method": method, **facts})

    plain = gradients(net, x, cls)
    add("gradient-x-input", "gradient-x-input", in_rgb(model, x * plain))
    for name, baseline in baselines(model, x, extra).items():
        total, scores = integrated_gradients(net, x, baseline, cls)
        facts = {"steps": STEPS, "quadrature": "gauss-legendre", "baseline": name, **scores}
        add(f"integrated-gradients-{name}", "integrated-gradients", in_rgb(model, total), **facts)
    layer = model.channel_layer
    add(
        f"guided-gradcam-{layer}",
        "guided-gradcam",
        in_rgb(model, guided_grad_cam(net, x, cls, layer)),
        layer=layer,
    )
    if model.name == "tiny_vgg":
        for side, stride in WINDOWS:
            facts = {"window": [side, side], "stride": [stride, stride], "baseline": "zero"}
            value = occlusion(net, x, cls, side, stride).numpy()
            add(f"occlusion-{side}-{stride}", "occlusion", value, **facts)
    if NOISE in extra:
        slopes = gradients(net, x + in_order(model, extra[NOISE], net.dtype), cls)
        mean = slopes.mean(0, keepdim=True)
        forms = {
            "smoothgrad": mean,
            "smoothgrad-squared": (slopes**2).mean(0, keepdim=True),
            "smoothgrad-variance": ((slopes - mean) ** 2).mean(0, keepdim=True),
        }
        for name, value in forms.items():
            facts = {"noise": NOISE, "samples": SAMPLES, "share": SHARE}
            add(name, name, in_rgb(model, value), **facts)
    return found


def baselines(model, x, extra):
    """Preprocessed, by name; `zero` is 0 behind the preprocessing, the others before it."""
    greys = GREYS[model.name].items()
    images = {name: np.full(x.shape[1:], grey, np.float32) for name, grey in greys}
    if BASELINE in extra:
        images["noise"] = extra[BASELINE]
    found = {"zero": torch.zeros_like(x)}
    found.update({name: preprocessed(model, image, x.dtype) for name, image in images.items()})
    return found
