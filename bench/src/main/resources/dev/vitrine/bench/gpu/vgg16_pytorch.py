#!/usr/bin/env python3
"""VGG16 by PyTorch: what GpuBench measures, on the same pixels with the same weights.

    python3 vgg16_pytorch.py [--precision fp32|tf32] [--batch 1,32] [--seconds N] [--device cuda]

Forward pass, and forward pass with the gradient of logit 0 at the pixels; eager and compiled
(torch.compile, also with CUDA graphs), plain and channels-last, with cudnn.benchmark. Needs torch.
"""

import argparse
import statistics
import sys
import time

BLOCKS = [(64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)]
DENSE = [4096, 4096]
CLASSES = 1000
ROUND_MILLIS = 40.0
MODES = [
    # name, channels-last, torch.compile's mode
    ("eager", False, None),
    ("eager_channels_last", True, None),
    ("compiled", False, "default"),
    ("compiled_channels_last", True, "default"),
    ("compiled_graph", False, "reduce-overhead"),
    ("compiled_graph_channels_last", True, "reduce-overhead"),
]


def say(verdict, text):
    print(f"{'pytorch':<7} {verdict:<7} {text}", flush=True)


def mixed(torch, array, shape, scale, device):
    """Mixed.java's numbers: an integer hash of the place and of the array's number."""
    count = 1
    for extent in shape:
        count *= extent
    mask = 0xFFFFFFFF
    x = torch.arange(count, dtype=torch.int64, device=device)
    x = (x * 2654435761 + (array * 40503 + 1)) & mask
    x = ((x ^ (x >> 16)) * 0x45D9F3B) & mask
    x = ((x ^ (x >> 16)) * 0x45D9F3B) & mask
    x = x ^ (x >> 16)
    values = (x >> 8).to(torch.float32) * 2.0**-23 - 1
    return (values * torch.tensor(scale, dtype=torch.float32, device=device)).reshape(shape)


def network(torch, size, divisor, device):
    nn = torch.nn
    layers = []
    channels, array = 3, 1

    def filled(layer, weight):
        with torch.no_grad():
            layer.weight.copy_(weight)
            layer.bias.zero_()
        return layer

    for block in BLOCKS:
        for filters in (f // divisor for f in block):
            scale = (6 / (9 * channels)) ** 0.5
            weight = mixed(torch, array, (3, 3, channels, filters), scale, device)
            layer = nn.Conv2d(channels, filters, 3, padding=1, device=device)
            layers += [filled(layer, weight.permute(3, 2, 0, 1)), nn.ReLU(inplace=True)]
            channels, array = filters, array + 1
        layers.append(nn.MaxPool2d(2))
    layers.append(nn.Flatten())
    side = size // 32
    features = side * side * channels
    for units in [d // divisor for d in DENSE] + [CLASSES]:
        weight = mixed(torch, array, (features, units), (6 / features) ** 0.5, device)
        if features == side * side * channels and array == 14:
            # Vitrine flattens rows, columns, channels; PyTorch channels, rows, columns.
            weight = weight.reshape(side, side, channels, units).permute(2, 0, 1, 3)
            weight = weight.reshape(features, units)
        layers.append(filled(nn.Linear(features, units, device=device), weight.T))
        if units != CLASSES:
            layers.append(nn.ReLU(inplace=True))
        features, array = units, array + 1
    model = nn.Sequential(*layers).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    return model


def median_millis(torch, device, work, round_millis):
    def finish():
        if device.startswith("cuda"):
            torch.cuda.synchronize()

    def millis(runs):
        finish()
        begin = time.perf_counter()
        for _ in range(runs):
            work()
        finish()
        return (time.perf_counter() - begin) * 1e3

    millis(3)
    runs = max(1, min(200, int(round_millis / max(millis(1), 1e-3))))
    return statistics.median(millis(runs) / runs for _ in range(5))


def measure(torch, model, options, batch, mode):
    name, channels_last, compiled = mode
    size = 32 if options.tiny else 224
    shape = (batch, size, size, 3)
    memory = torch.channels_last if channels_last else torch.contiguous_format
    x = mixed(torch, 0, shape, 100.0, options.device).permute(0, 3, 1, 2)
    x = x.contiguous(memory_format=memory)
    model = model.to(memory_format=memory)
    run = model
    if compiled:
        torch.compiler.reset()
        run = torch.compile(model, mode=compiled)

    def forward():
        with torch.no_grad():
            return run(x), None

    watched = x.clone(memory_format=torch.preserve_format).requires_grad_()

    def gradient():
        logits = run(watched)
        return logits, torch.autograd.grad(logits[:, 0].sum(), watched)[0]

    for label, work in (("forward", forward), ("gradient", gradient)):
        millis = median_millis(torch, options.device, work, options.round)
        logits, at_pixels = work()
        line = f"batch={batch} precision={options.precision} mode={name} pass={label}"
        line += f" ms={millis:.4f} logits={float(logits[0].detach().double().norm()):.5e}"
        if at_pixels is not None:
            line += f" gradient={float(at_pixels[0].double().norm()):.5e}"
        say("ok", line)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--precision", choices=("fp32", "tf32"), default="fp32")
    parser.add_argument("--batch", default="1,32")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true", help="to try the script")
    options = parser.parse_args()
    options.round = 0.01 if options.tiny else ROUND_MILLIS
    end = time.monotonic() + options.seconds
    try:
        import torch
    except ImportError as e:
        say("missing", f"text={e}")
        return 0
    if options.device.startswith("cuda"):
        if not torch.cuda.is_available():
            say("missing", f"text=torch {torch.__version__} sees no card")
            return 0
        torch.cuda.set_device(torch.device(options.device))
    say("ok", f"text=torch {torch.__version__}, CUDA {torch.version.cuda}")
    tf32 = options.precision == "tf32"
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    size, divisor = (32, 16) if options.tiny else (224, 1)
    model = network(torch, size, divisor, options.device)
    for mode in MODES:  # what the goals are held against first
        for batch in map(int, options.batch.split(",")):
            subject = f"batch={batch} precision={options.precision} mode={mode[0]}"
            if time.monotonic() > end:
                say("skipped", subject)
                continue
            try:
                measure(torch, model, options, batch, mode)
            except Exception as e:  # a compiler that is missing, memory that is too little
                say("failed", f"{subject} text={type(e).__name__}: {str(e).strip().splitlines()[:1]}")
            if options.device.startswith("cuda"):
                torch.cuda.empty_cache()
    return 0


if __name__ == "__main__":
    sys.exit(main())
