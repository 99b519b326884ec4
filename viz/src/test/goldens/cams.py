"""Class activation maps of a class logit S, at the layer's own resolution, before normalization.

A is the layer's output [c, h, w], behind its ReLU, and g = dS/dA. README.md beside this file has
the formulas.
"""

import torch
import torch.nn.functional as F

from networks import preprocessed

BATCH = 16
RANGE_EPSILON = 1e-8  # Score-CAM's, under a channel's range
XGRAD_EPSILON = 1e-7  # XGrad-CAM's, beside a channel's sum
PLUS_PLUS_EPSILONS = (0.0, 1e-6)  # the paper's none, and what pytorch-grad-cam adds


def weighted(weights, a):
    """relu(sum_c w_c A_c)"""
    return torch.relu((weights[:, None, None] * a).sum(0))


def grad_cam_plus_plus(a, g, epsilon):
    """w_c = sum_ij alpha relu(g), alpha = g^2 / (2 g^2 + sum(A_c) g^3 + epsilon), 0 where g is."""
    below = 2 * g**2 + a.sum((1, 2), keepdim=True) * g**3 + epsilon
    alpha = torch.where(g > 0, g**2 / torch.where(g > 0, below, 1), 0)
    return weighted((alpha * torch.relu(g)).sum((1, 2)), a)


def xgrad_cam(a, g):
    """w_c = sum_ij g A_c / (sum(A_c) + epsilon)"""
    return weighted((g * a).sum((1, 2)) / (a.sum((1, 2)) + XGRAD_EPSILON), a)


def layer_cam(a, g):
    """relu(sum_c relu(g_c) A_c)"""
    return torch.relu((torch.relu(g) * a).sum(0))


def eigen_cam(a, centred):
    """The positions' vectors of channels, projected on their first right singular vector.

    The sign: as the mean over the channels goes, so its product with that mean is positive.
    """
    vectors = a.flatten(1).T  # [h w, c]
    mean = vectors.mean(1)
    if centred:
        vectors = vectors - vectors.mean(0)
    first = torch.linalg.svd(vectors, full_matrices=False).Vh[0]
    projected = vectors @ first
    sign = torch.sign((projected * (mean - mean.mean() if centred else mean)).sum())
    return (sign * projected).reshape(a.shape[1:])


def score_cam(net, x, a, cls, align_corners):
    """w = softmax_c(S(x * h_c)), h_c the channel enlarged to the image and brought to 0..1."""
    mode = {"mode": "bilinear", "align_corners": align_corners}
    masks = F.interpolate(a[:, None], x.shape[1:3], **mode)[:, 0]
    low, high = masks.amin((1, 2), keepdim=True), masks.amax((1, 2), keepdim=True)
    masks = (masks - low) / (high - low + RANGE_EPSILON)
    scores = [net.run(x * part[..., None])["logits"][:, cls] for part in masks.split(BATCH)]
    return weighted(torch.softmax(torch.cat(scores), 0), a)


def ablation_cam(net, a, cls, layer):
    """w_c = (S - S without channel c) / S; without: the layer's channel is 0 everywhere."""
    score = net.run(a[None], after=layer)["logits"][0, cls]
    without = []
    for part in torch.arange(len(a)).split(BATCH):
        ablated = a.repeat(len(part), 1, 1, 1)
        ablated[torch.arange(len(part)), part] = 0
        without.append(net.run(ablated, after=layer)["logits"][:, cls])
    return weighted((score - torch.cat(without)) / score, a)


def compute(model, net, pixels, cls, score=True):
    """{name: (array, facts)} of one image; Score-CAM, the slow one, can be left out."""
    x = preprocessed(model, pixels, net.dtype)
    layer = model.channel_layer
    out = net.run(x.requires_grad_())
    (g,) = torch.autograd.grad(out["logits"][0, cls], out[layer])
    a, g, x = out[layer][0].detach(), g[0], x.detach()
    found = {}

    def add(name, method, value, at=layer, **facts):
        found[f"{name}-{at}"] = (value.detach().numpy(), {"method": method, "layer": at, **facts})

    if model.name == "squeezenet":  # its dense layer is the convolution before the mean
        add("cam", "cam", out["conv10"][0, cls], at="conv10")
    for epsilon in PLUS_PLUS_EPSILONS:
        name = "gradcam++" if epsilon == 0 else "gradcam++-epsilon"
        add(name, "gradcam++", grad_cam_plus_plus(a, g, epsilon), epsilon=epsilon)
    add("xgradcam", "xgradcam", xgrad_cam(a, g), epsilon=XGRAD_EPSILON)
    add("layercam", "layercam", layer_cam(a, g))
    for centred in (False, True):
        name = "eigencam-centred" if centred else "eigencam"
        add(name, "eigencam", eigen_cam(a, centred), centred=centred)
    with torch.no_grad():
        add("ablation-cam", "ablation-cam", ablation_cam(net, a, cls, layer))
        for corners in (False, True) if score else ():
            name = "scorecam-corners" if corners else "scorecam"
            facts = {"alignCorners": corners, "epsilon": RANGE_EPSILON, "channels": len(a)}
            add(name, "scorecam", score_cam(net, x, a, cls, corners), **facts)
    return found
