"""Goldens of single operations in float64: inputs, outputs, a seed and the gradients it causes.

Arrays are [n, h, w, c], kernels [kh, kw, in / groups, out] as in Keras. In every case `dy` is the
gradient at the output `y`, and `dx` (`dw`, `db`) what the operation makes of it. ops.json lists
the cases with their parameters; the arrays of case NAME are NAME.x, NAME.y and so on in ops.npz.
"""

import numpy as np
import torch
import torch.nn.functional as F

from keras_net import pad_same, same_padding
from store import as_json


class Cases:
    def __init__(self):
        self.arrays = {}
        self.list = []
        self.rng = np.random.default_rng(20240229)

    def random(self, *shape):
        return torch.tensor(self.rng.standard_normal(shape))

    def record(self, operation, name, inputs, forward, parameters, also=None):
        """Runs forward on the inputs, seeds its output at random and stores everything."""
        inputs = {k: v.detach().clone().requires_grad_() for k, v in inputs.items()}
        y = forward(*inputs.values())
        dy = self.random(*y.shape)
        gradients = torch.autograd.grad(y, list(inputs.values()), dy)
        arrays = {**inputs, "y": y, "dy": dy}
        arrays.update({"d" + k: g for k, g in zip(inputs, gradients)})
        arrays.update(also or {})
        for key, value in arrays.items():
            array = np.ascontiguousarray(value.detach().numpy())
            if key.startswith("d") and not np.any(array):
                raise ValueError(f"{name}.{key} is all zero: no use as a golden")
            self.arrays[f"{name}.{key}"] = array
        self.list.append(
            {"op": operation, "case": name, "arrays": list(arrays), **(parameters or {})}
        )


def nchw(x):
    return x.permute(0, 3, 1, 2)


def nhwc(x):
    return x.permute(0, 2, 3, 1)


def convolutions(cases):
    table = [  # name, [n, h, w, c], kernel, out, stride, dilation, groups, padding
        ("conv-valid", (1, 6, 7, 3), (3, 3), 4, (1, 1), (1, 1), 1, "valid"),
        ("conv-same", (2, 5, 6, 2), (3, 3), 3, (1, 1), (1, 1), 1, "same"),
        ("conv-same-stride2-even", (1, 6, 8, 2), (3, 3), 3, (2, 2), (1, 1), 1, "same"),
        ("conv-same-stride2-odd", (1, 7, 5, 2), (3, 3), 3, (2, 2), (1, 1), 1, "same"),
        ("conv-same-even-kernel", (1, 5, 4, 2), (2, 4), 3, (1, 1), (1, 1), 1, "same"),
        ("conv-valid-stride2-rest", (1, 8, 6, 2), (3, 3), 2, (2, 2), (1, 1), 1, "valid"),
        ("conv-valid-stride3x2", (1, 10, 9, 2), (5, 3), 3, (3, 2), (1, 1), 1, "valid"),
        ("conv-dilated-valid", (1, 9, 8, 2), (3, 3), 3, (1, 1), (2, 3), 1, "valid"),
        ("conv-dilated-same", (1, 7, 6, 2), (3, 3), 3, (1, 1), (2, 2), 1, "same"),
        ("conv-groups2", (1, 5, 5, 4), (3, 3), 6, (1, 1), (1, 1), 2, "same"),
        ("conv-depthwise", (1, 5, 6, 3), (3, 3), 3, (2, 2), (1, 1), 3, "same"),
        ("conv-1x1", (2, 3, 4, 5), (1, 1), 3, (1, 1), (1, 1), 1, "valid"),
        ("conv-1x1-stride2", (1, 5, 6, 3), (1, 1), 2, (2, 2), (1, 1), 1, "valid"),
        ("conv-one-pixel", (1, 1, 1, 1), (3, 3), 2, (1, 1), (1, 1), 1, "same"),
        ("conv-7x7-stride2", (1, 15, 17, 3), (7, 7), 2, (2, 2), (1, 1), 1, "valid"),
        ("conv-padded", (1, 5, 6, 2), (3, 3), 3, (2, 1), (1, 1), 1, (0, 2, 1, 3)),
    ]
    for name, shape, kernel, out, stride, dilation, groups, padding in table:

        def forward(x, w, b):
            z = nchw(x)
            if padding == "same":
                z = pad_same(z, kernel, stride, dilation)
            elif padding != "valid":
                top, bottom, left, right = padding
                z = F.pad(z, (left, right, top, bottom))
            return nhwc(F.conv2d(z, w.permute(3, 2, 0, 1), b, stride, 0, dilation, groups))

        inputs = {
            "x": cases.random(*shape),
            "w": cases.random(*kernel, shape[3] // groups, out),
            "b": cases.random(out),
        }
        pads = (0, 0, 0, 0)
        if padding == "same":
            pads = same_padding(shape[1], kernel[0], stride[0], dilation[0])
            pads += same_padding(shape[2], kernel[1], stride[1], dilation[1])
        elif padding != "valid":
            pads = padding
        parameters = {
            "kernel": kernel,
            "stride": stride,
            "dilation": dilation,
            "groups": groups,
            "padding": padding if isinstance(padding, str) else "explicit",
            "pads": dict(zip(("top", "bottom", "left", "right"), pads)),
        }
        cases.record("conv2d", name, inputs, forward, parameters)


def poolings(cases):
    table = [  # name, [n, h, w, c], pool, stride, padding, integers (so that windows tie)
        ("valid-3-stride2", (1, 7, 9, 2), (3, 3), (2, 2), "valid", False),
        ("valid-2-rest", (2, 5, 7, 2), (2, 2), (2, 2), "valid", False),
        ("same-3-stride2-even", (1, 6, 8, 2), (3, 3), (2, 2), "same", False),
        ("same-3-stride2-odd", (1, 7, 5, 2), (3, 3), (2, 2), "same", False),
        ("same-3-stride1", (1, 4, 5, 2), (3, 3), (1, 1), "same", False),
        ("same-2x3", (1, 5, 5, 2), (2, 3), (2, 1), "same", False),
        ("ties", (1, 6, 6, 3), (3, 3), (2, 2), "same", True),
    ]
    for name, shape, pool, stride, padding, integers in table:
        x = cases.random(*shape)
        if integers:
            x = x.round()
        else:
            x = x - 2  # mostly below zero: a padding with zeros instead of nothing would show

        def maximum(x):
            z = nchw(x)
            if padding == "same":
                z = pad_same(z, pool, stride, value=-torch.inf)
            return nhwc(F.max_pool2d(z, pool, stride))

        def average(x):
            z, count = nchw(x), torch.ones_like(nchw(x))
            if padding == "same":
                z, count = pad_same(z, pool, stride), pad_same(count, pool, stride)
            return nhwc(F.avg_pool2d(z, pool, stride) / F.avg_pool2d(count, pool, stride))

        parameters = {"pool": pool, "stride": stride, "padding": padding}
        first = {"ties": "the first maximum in reading order takes the gradient"}
        cases.record("maxpool", f"max-{name}", {"x": x}, maximum, {**parameters, **first})
        if not integers:
            rest = {"average": "over the pixels that are there, not over the padding"}
            cases.record("avgpool", f"avg-{name}", {"x": x}, average, {**parameters, **rest})


def resamplings(cases):
    sizes = [  # name, from h, w, to h, w: such that no nearest sample lies between two pixels
        ("up", (5, 3), (9, 8)),
        ("down", (11, 9), (4, 5)),
        ("mixed", (9, 5), (5, 8)),
        ("same", (3, 4), (3, 4)),
        ("from-one", (1, 1), (3, 2)),
        ("to-one", (5, 3), (1, 1)),
    ]
    kinds = [  # mode in PyTorch, antialias, what it is
        ("nearest-exact", None, "index floor((i + 0.5) in / out): Pillow's nearest"),
        ("bilinear", False, "OpenCV's form, pixel centres at half, edges repeated"),
        ("bilinear", True, "Pillow's form: the filter widens when it shrinks; no rounding"),
        ("bicubic", False, "OpenCV's form, a = -0.75, edges repeated"),
        ("bicubic", True, "Pillow's form, a = -0.5, weights of pixels outside dropped"),
    ]
    for mode, antialias, what in kinds:
        for name, source, target in sizes:

            def forward(x):
                extra = {} if antialias is None else {"align_corners": False}
                return nhwc(
                    F.interpolate(nchw(x), target, mode=mode, antialias=bool(antialias), **extra)
                )

            suffix = "-antialias" if antialias else ""
            parameters = {"mode": mode, "antialias": bool(antialias), "to": target, "form": what}
            x = cases.random(1, *source, 2)
            cases.record("resample", f"{mode}{suffix}-{name}", {"x": x}, forward, parameters)


def warps(cases):
    """theta maps output to input in coordinates of -1..1 edge to edge; matrix does so in pixels."""
    turn = np.deg2rad(20)
    table = [  # name, theta, [h, w] in, [h, w] out
        ("identity", [[1, 0, 0], [0, 1, 0]], (4, 5), (4, 5)),
        ("shift", [[1, 0, 0.3], [0, 1, -0.45]], (5, 6), (5, 6)),
        (
            "rotate",
            [[np.cos(turn), -np.sin(turn), 0.1], [np.sin(turn), np.cos(turn), 0]],
            (6, 7),
            (6, 7),
        ),
        ("zoom-out", [[1.7, 0, 0], [0, 1.4, 0]], (5, 5), (6, 4)),
        ("shear", [[0.8, 0.35, -0.2], [-0.15, 0.9, 0.25]], (7, 4), (5, 8)),
    ]
    for name, theta, (h, w), (oh, ow) in table:
        # u = (2 x + 1) / ow - 1 on the way out, x' = ((u' + 1) w - 1) / 2 on the way in
        out = np.array([[2 / ow, 0, 1 / ow - 1], [0, 2 / oh, 1 / oh - 1], [0, 0, 1]])
        back = np.array([[w / 2, 0, (w - 1) / 2], [0, h / 2, (h - 1) / 2]])
        matrix = torch.tensor(back @ np.array([*theta, [0, 0, 1]]) @ out)
        theta = torch.tensor(theta, dtype=torch.float64)

        def forward(x):
            grid = F.affine_grid(theta[None], (1, 2, oh, ow), align_corners=False)
            return nhwc(
                F.grid_sample(nchw(x), grid, "bilinear", "zeros", align_corners=False)
            )

        cases.record(
            "affine",
            f"affine-{name}",
            {"x": cases.random(1, h, w, 2)},
            forward,
            {"to": (oh, ow), "outside": "zero, bilinear", "matrix": "x_in, y_in of x_out, y_out"},
            also={"theta": theta, "matrix": matrix},
        )


ACTIVATIONS = [  # name, function, parameters
    ("relu", F.relu, {}),
    ("relu6", F.relu6, {}),
    ("leaky_relu", lambda x: F.leaky_relu(x, 0.25), {"slope": 0.25}),
    ("elu", lambda x: F.elu(x, 1.0), {"alpha": 1.0}),
    ("elu-half", lambda x: F.elu(x, 0.5), {"alpha": 0.5}),
    ("selu", F.selu, {}),
    ("sigmoid", torch.sigmoid, {}),
    ("tanh", torch.tanh, {}),
    ("softplus", lambda x: F.softplus(x, threshold=700), {}),
    ("softsign", F.softsign, {}),
    ("gelu", F.gelu, {"form": "exact: x Phi(x)"}),
    ("gelu-tanh", lambda x: F.gelu(x, approximate="tanh"), {"form": "tanh approximation"}),
    ("silu", F.silu, {"form": "x sigmoid(x), also called swish"}),
    ("hard_sigmoid", lambda x: F.relu6(x + 3) / 6, {"form": "relu6(x + 3) / 6, Keras 3"}),
    (
        "hard_sigmoid-keras2",
        lambda x: torch.clamp(0.2 * x + 0.5, 0, 1),
        {"form": "clip(0.2 x + 0.5, 0, 1), Keras 1 and 2"},
    ),
    ("exp", torch.exp, {}),
]


def activations(cases):
    steps = torch.arange(-35, 36).double() * 0.2 + 0.013  # no kink of any of them is hit
    x = torch.cat([steps, torch.tensor([-30.0, -12.5, 12.5, 30.0]).double()]).reshape(1, 5, 5, 3)
    for name, function, parameters in ACTIVATIONS:
        cases.record("activation", f"activation-{name}", {"x": x}, function, parameters)
    at_zero = torch.tensor([[0.0, -0.0, 1.0, -1.0]]).double()
    zero = {"form": "the slope at 0 is 0"}
    cases.record("activation", "activation-relu-at-zero", {"x": at_zero}, F.relu, zero)


def softmaxes(cases):
    for name, x in (
        ("plain", cases.random(2, 5)),
        ("large", cases.random(2, 7) * 300),
        ("one", cases.random(1, 3) * 0),
        ("image", cases.random(1, 2, 3, 4)),
    ):
        for kind, function in (("softmax", F.softmax), ("log_softmax", F.log_softmax)):

            def forward(x):
                return function(x, dim=-1)

            cases.record(kind, f"{kind}-{name}", {"x": x}, forward, {"axis": "last"})


def dense(cases):
    inputs = {"x": cases.random(3, 5), "w": cases.random(5, 4), "b": cases.random(4)}
    cases.record("dense", "dense", inputs, lambda x, w, b: x @ w + b, {"form": "y = x w + b"})


def adam(cases):
    """Five steps of torch.optim.Adam on given gradients; one row per step after the start."""
    start, gradients = cases.random(12), cases.random(5, 12)
    gradients[:, 0] = 0  # a parameter whose gradient stays zero
    gradients[:, 1] *= 1e-9  # one beside which epsilon is not small
    for decay in (0.0, 1e-6, 0.1):
        name = f"adam-decay-{decay:g}"
        for dtype, suffix in ((torch.float64, ""), (torch.float32, "-float32")):
            p = torch.nn.Parameter(start.to(dtype).clone())
            optimizer = torch.optim.Adam([p], lr=0.1, weight_decay=decay)
            rows = []
            for g in gradients:
                p.grad = g.to(dtype).clone()
                optimizer.step()
                rows.append(p.detach().clone())
            cases.arrays[f"{name}.steps{suffix}"] = torch.stack(rows).numpy()
        cases.arrays[f"{name}.start"] = start.numpy()
        cases.arrays[f"{name}.gradients"] = gradients.numpy()
        cases.list.append(
            {
                "op": "adam",
                "case": name,
                "arrays": ["start", "gradients", "steps", "steps-float32"],
                "learningRate": 0.1,
                "beta1": 0.9,
                "beta2": 0.999,
                "epsilon": 1e-8,
                "weightDecay": decay,
                "form": "g += decay p; p -= lr m' / (sqrt(v') + epsilon), m' and v' bias-corrected",
            }
        )


def all_cases():
    cases = Cases()
    for part in (convolutions, poolings, resamplings, warps, activations, softmaxes, dense, adam):
        part(cases)
    return cases


def write(cases, folder):
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "ops.npz", **cases.arrays)
    (folder / "ops.json").write_text(as_json({"cases": cases.list}))
    print(f"{len(cases.list)} cases of single operations")
