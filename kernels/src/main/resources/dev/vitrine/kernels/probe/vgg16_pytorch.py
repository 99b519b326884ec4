#!/usr/bin/env python3
"""VGG16's thirteen convolutions by PyTorch: the sums that the probe has from cuDNN.

Prints the probe's lines, so that its table can hold both; runs alone as well:

    python3 vgg16_pytorch.py [--seconds N] [--device N] [--batch 1,32] [--layers NAME,...]

Each layer is timed by CUDA events after a warm-up, median of five rounds; layers of the same
shape are timed once. Needs only torch.
"""

import argparse
import itertools
import statistics
import sys
import time

LAYERS = [
    ("block1_conv1", 3, 224, 64),
    ("block1_conv2", 64, 224, 64),
    ("block2_conv1", 64, 112, 128),
    ("block2_conv2", 128, 112, 128),
    ("block3_conv1", 128, 56, 256),
    ("block3_conv2", 256, 56, 256),
    ("block3_conv3", 256, 56, 256),
    ("block4_conv1", 256, 28, 512),
    ("block4_conv2", 512, 28, 512),
    ("block4_conv3", 512, 28, 512),
    ("block5_conv1", 512, 14, 512),
    ("block5_conv2", 512, 14, 512),
    ("block5_conv3", 512, 14, 512),
]
ROUND_MILLIS = 4.0
DIRECTIONS = ("forward", "data", "weights")


def say(verdict, text):
    print(f"{'pytorch':<11} {verdict:<7} {text}", flush=True)


def directions(torch, x, w, dy):
    """The three computations of one layer, each as a function without arguments."""

    def backward(mask):
        return torch.ops.aten.convolution_backward(
            dy, x, w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, mask
        )

    return {
        "forward": lambda: torch.nn.functional.conv2d(x, w, padding=1),
        "data": lambda: backward([True, False, False])[0],
        "weights": lambda: backward([False, True, False])[1],
    }


def median_millis(torch, work):
    def millis(runs):
        begin = torch.cuda.Event(enable_timing=True)
        end = torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(runs):
            work()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end)

    millis(2)
    runs = max(1, min(100, int(ROUND_MILLIS / max(millis(1), 1e-3))))
    return statistics.median(millis(runs) / runs for _ in range(5))


def relative_error(torch, works, exact):
    """The largest distance from float64, relative to its root mean square."""
    worst = 0.0
    for direction, work in works.items():
        reference = exact[direction]()
        difference = (work().double() - reference).abs().max()
        worst = max(worst, float(difference / reference.square().mean().sqrt()))
    return worst


def tensors(torch, layer, batch, channels_last):
    _, channels, size, filters = layer
    generator = torch.Generator("cuda").manual_seed(0)

    def uniform(*shape):
        return torch.rand(shape, device="cuda", generator=generator) * 2 - 1

    x = uniform(batch, channels, size, size)
    w = uniform(filters, channels, 3, 3) * (3.0 / (9 * channels)) ** 0.5
    dy = uniform(batch, filters, size, size)
    if channels_last:
        x, w, dy = (t.to(memory_format=torch.channels_last) for t in (x, w, dy))
    return x, w, dy


def sweep(torch, layers, batch, channels_last, tf32, benchmark, end):
    """Times all layers in one setting and prints their sum."""
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = benchmark
    layout = "channels_last" if channels_last else "contiguous"
    precision = "tf32" if tf32 else "float32"
    choice = "benchmark" if benchmark else "default"
    subject = f"batch {batch} {layout} {precision} {choice}"
    sums = dict.fromkeys(DIRECTIONS, 0.0)
    known = {}
    for layer in layers:
        if time.monotonic() > end:
            say("skipped", f"{subject}: the section's time is spent")
            return
        if layer[1:] not in known:
            works = directions(torch, *tensors(torch, layer, batch, channels_last))
            known[layer[1:]] = {d: median_millis(torch, f) for d, f in works.items()}
        for direction, millis in known[layer[1:]].items():
            sums[direction] += millis
    say("ok", f"{subject}: " + ", ".join(f"{d} {m:.3f} ms" for d, m in sums.items()))
    say(
        "sum",
        f"pytorch batch={batch} layout={layout} precision={precision} choice={choice} "
        + " ".join(f"{d}={m:.3f}" for d, m in sums.items()),
    )


def check(torch, tf32):
    """Holds one small layer against float64, so that TF32 on and off are what they say."""
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = False
    x, w, dy = tensors(torch, ("check", 64, 28, 64), 2, False)
    works = directions(torch, x, w, dy)
    exact = directions(torch, x.double(), w.double(), dy.double())
    error = relative_error(torch, works, exact)
    limit = 1e-2 if tf32 else 1e-4
    name = "tf32" if tf32 else "float32"
    say("ok" if error <= limit else "failed", f"{name}: error {error:.1e} against float64")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--device", type=int, default=0)
    parser.add_argument("--batch", default="1,32")
    parser.add_argument("--layers", default=",".join(layer[0] for layer in LAYERS))
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    names = options.layers.split(",")
    layers = [layer for layer in LAYERS if layer[0] in names]
    try:
        import torch
    except ImportError as e:
        say("missing", f"torch: {e}")
        return
    if not torch.cuda.is_available():
        say("missing", f"torch {torch.__version__} sees no card")
        return
    torch.cuda.set_device(options.device)
    say(
        "ok",
        f"torch {torch.__version__}, CUDA {torch.version.cuda}, "
        f"cuDNN {torch.backends.cudnn.version()}, {torch.cuda.get_device_name()}",
    )
    with torch.no_grad():
        for tf32 in (False, True):
            guarded(torch, lambda tf32=tf32: check(torch, tf32), f"check tf32={tf32}")
        # Searched algorithms first, at every batch size: they are what the probe compares with.
        settings = itertools.product(
            (True, False), map(int, options.batch.split(",")), (False, True), (False, True)
        )
        for benchmark, batch, tf32, channels_last in settings:
            guarded(
                torch,
                lambda b=batch, c=channels_last, t=tf32, m=benchmark: sweep(
                    torch, layers, b, c, t, m, end
                ),
                f"batch {batch} channels_last={channels_last} tf32={tf32} benchmark={benchmark}",
            )


def guarded(torch, work, subject):
    """Goes on after a failure, with its memory given back."""
    try:
        work()
    except RuntimeError as e:
        say("failed", f"{subject}: {str(e).splitlines()[0]}")
    torch.cuda.empty_cache()


if __name__ == "__main__":
    sys.exit(main())
