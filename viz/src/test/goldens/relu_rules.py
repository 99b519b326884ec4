"""The three backward rules of a ReLU. g is the gradient at its output, x its input.

gradient   g * (x > 0)
guided     g * (g > 0) * (x > 0)    Springenberg et al. 2014, guided backpropagation
deconvnet  g * (g > 0)              Zeiler and Fergus 2013
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


def relu(x, rule):
    if rule == "gradient":
        return torch.relu(x)
    return {"guided": GuidedRelu, "deconvnet": DeconvnetRelu}[rule].apply(x)
