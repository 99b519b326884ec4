"""The backward rules of a ReLU. g is the gradient at its output, x its input.

gradient   g * (x > 0)
guided     g * (g > 0) * (x > 0)    Springenberg et al. 2014, guided backpropagation
deconvnet  g * (g > 0)              Zeiler and Fergus 2013
redirected g * (x > 0), but for an image of the batch for which that is zero everywhere,
           g without what would push negative x lower: lucid, where g is that of a loss to be made
           small, so that what pushes lower is positive
"""

import torch


class GuidedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (g > 0) * (x > 0)


class DeconvnetRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        return g * (g > 0)


class RedirectedRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        through = torch.where(x < 0, torch.zeros_like(g), g)
        redirected = torch.where((x < 0) & (g > 0), torch.zeros_like(g), g)
        blocked = through.flatten(1).norm(dim=1) == 0
        return torch.where(blocked.view(-1, *[1] * (x.dim() - 1)), redirected, through)


RULES = {"guided": GuidedRelu, "deconvnet": DeconvnetRelu, "redirected": RedirectedRelu}


def relu(x, rule):
    return torch.relu(x) if rule == "gradient" else RULES[rule].apply(x)
