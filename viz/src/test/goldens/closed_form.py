"""A network small enough to work out by hand, and what its four explanations must be.

Input 1 x 4 x 4 with 0..15; convolution 3 x 3, two filters of ones, biases -50 and -75; ReLU;
flatten, channel by channel; dense 8 to 4, every row [1, 1, 1, 1, 1, -1, -1, -1]; ReLU; output 0.
"""

import torch
import torch.nn.functional as F

from relu_rules import relu

EXPECTED = {
    "gradient": [[0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 0]],
    "guided": [[0, 1, 1, 1], [1, 3, 3, 2], [1, 3, 3, 2], [1, 2, 2, 1]],
    "deconvnet": [[2, 3, 3, 1], [3, 5, 5, 2], [3, 5, 5, 2], [1, 2, 2, 1]],
    "gradcam at the convolution, no final ReLU": [[11.25, 13.5], [20.25, 22.5]],
    "gradcam at its ReLU": [[0, 4], [28, 32.5]],
}


def check():
    """Fails unless PyTorch gives the closed form's numbers under our rules."""
    found = {}
    for rule in ("gradient", "guided", "deconvnet"):
        x = torch.arange(16.0).reshape(1, 1, 4, 4).requires_grad_()
        convolved = F.conv2d(x, torch.ones(2, 1, 3, 3), torch.tensor([-50.0, -75.0]))
        active = relu(convolved, rule)
        row = torch.tensor([1.0, 1, 1, 1, 1, -1, -1, -1])
        out = relu(active.flatten(1) @ row.repeat(4, 1).T, rule)[0, 0]
        found[rule] = torch.autograd.grad(out, x, retain_graph=True)[0][0, 0]
        if rule == "gradient":
            for name, at in (
                ("gradcam at the convolution, no final ReLU", convolved),
                ("gradcam at its ReLU", active),
            ):
                (g,) = torch.autograd.grad(out, at, retain_graph=True)
                found[name] = (g.mean((2, 3), keepdim=True) * at).sum(1)[0]
    for name, values in EXPECTED.items():
        same = torch.equal(found[name], torch.tensor(values, dtype=torch.float32))
        print(f"closed form, {name}: {'as expected' if same else found[name].tolist()}")
        if not same:
            raise SystemExit(f"closed form, {name}: expected {values}")
