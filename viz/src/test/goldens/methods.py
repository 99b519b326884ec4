"""Writes the goldens of the attribution and class activation methods: methods-*.npz, methods.json.

make_goldens.py runs this; by itself, once the networks' goldens are there:

    python methods.py --squeezenet squeezenet_v1.0_imagenet.h5 --tiny-vgg tiny_vgg.h5

Each golden is computed in float64, and stored as float32. It must agree with method_witness.py to
1e-9 of its largest value, or nothing is written. Runs in float32 say how far that may be from it.
"""

import json
import platform

import numpy as np
import torch

import attributions
import cams
import networks
from keras_net import KerasNet
from make_goldens import arguments
from store import Store

IMAGES = ("cat", "coffee")
JITTERS = 4
WITNESS_LIMIT = 1e-9
QUIET = 1e-5  # a float32 run this close to float64 has met no ReLU that falls the other way
FULL = {"integrated-gradients-zero", "guided-gradcam-fire9_concat"}  # of SqueezeNet's cat only
WHAT = {
    attributions.NOISE: "what SmoothGrad's samples add to the preprocessed pixels, in RGB order",
    attributions.BASELINE: "the baseline called noise, before preprocessing: RGB, 0..255",
}
EVERY = 4  # of the rows and columns of SqueezeNet's other maps of the input's size


def add_goldens(folder, paths):
    import method_witness  # late: TensorFlow takes seconds to start

    store = Store(folder)
    for model in (networks.TINY_VGG, networks.SQUEEZENET):
        path = paths[model.name]
        double = KerasNet(path, torch.float64)
        singles = [KerasNet(path, torch.float32)]
        singles += [KerasNet(path, torch.float32, jitter_seed=s) for s in range(JITTERS)]
        for image in IMAGES:
            pixels = np.load(folder / f"{model.name}-{image}.npz")["pixels"]
            cls = networks.facts_of(model, path, pixels)["class"]
            extra = {}
            if (model.name, image) == ("tiny_vgg", "cat"):
                extra = quiet_extras(model, double, singles, pixels, cls)
            # Score-CAM takes as many passes as there are channels, and the numbers are noisier
            score = model.name == "tiny_vgg" or image == "cat"

            def everything(net, score):
                found = attributions.compute(model, net, pixels, cls, extra)
                return found | cams.compute(model, net, pixels, cls, score)

            truth = everything(double, score)
            witness = method_witness.Witness(model, path, pixels, cls)
            attributed, gaps = witness.attributions(extra)
            agreed = check(f"{model.name} {image}", truth, attributed | witness.cams(score), gaps)
            found = everything(singles[0], score)
            others = [everything(net, score and model.name == "tiny_vgg") for net in singles[1:]]
            common = {"class": cls, "model": model.name, "image": image}
            common["preprocess"] = model.preprocess
            file = f"methods-{model.name}-{image}.npz"
            for name, value in extra.items():
                store.add(file, name, value, what=WHAT[name], **common)
            for name, (exact, facts) in truth.items():
                facts = {**facts, **common, **distances(name, exact, found, others)}
                facts["witness64"] = networks.significant(agreed[name])
                if exact.size > 100_000 and not (image == "cat" and name in FULL):
                    exact, facts["every"] = exact[::EVERY, ::EVERY], EVERY
                store.add(file, name, exact.astype(np.float32), **facts)
    write(store, method_witness.keras.__version__, method_witness.tf.__version__)


def distances(name, exact, found, others):
    """How far float32 runs are from the stored values, before any are left out."""
    most = np.max(np.abs(exact))
    far = np.abs(found[name][0] - exact) / most
    jitters = [networks.distance(other[name][0], exact) for other in others if name in other]
    facts = {
        "maxAbs": networks.significant(most),
        "distance64": networks.significant(far.max()),
        "apart": int((far > QUIET).sum()),
        "jitter": networks.significant(max(jitters)) if jitters else None,
    }
    if "gap" in found[name][1]:
        facts["gap32"] = found[name][1]["gap"]
    return facts


def quiet_extras(model, double, singles, pixels, cls):
    """SmoothGrad's noise, and a baseline, along which no ReLU lies within float32's rounding."""
    x = networks.preprocessed(model, pixels, torch.float32)

    def slopes(net, noise):
        noisy = x.to(net.dtype) + attributions.in_order(model, noise, net.dtype)
        return attributions.gradients(net, noisy, cls).numpy()

    def integral(net, start):
        x = networks.preprocessed(model, pixels, net.dtype)
        start = networks.preprocessed(model, start, net.dtype)
        return attributions.integrated_gradients(net, x, start, cls)[0].numpy()

    candidates = {
        attributions.NOISE: (slopes, lambda seed: attributions.noise_of(x, seed)),
        attributions.BASELINE: (integral, lambda seed: attributions.pixels_of(model.size, seed)),
    }
    return {
        name: quietest(name, function, candidate, double, singles)
        for name, (function, candidate) in candidates.items()
    }


def quietest(name, function, candidate, double, singles):
    """The first candidate on which every float32 run is close to float64: see choose_seeds.py."""
    for seed in range(1, 1001):
        value = candidate(seed)
        truth = function(double, value)
        if all(networks.distance(function(net, value), truth) < QUIET for net in singles):
            print(f"{name}: seed {seed}", flush=True)
            return value
    raise SystemExit(f"{name}: with every seed some ReLU falls another way in float32")


def check(what, truth, witness, gaps):
    """The relative difference of each from the witness; fails where one is too far off."""
    if truth.keys() != witness.keys():
        raise SystemExit(f"{what}: only one of the two has {truth.keys() ^ witness.keys()}")
    agreed = {n: networks.distance(witness[n], value) for n, (value, _) in truth.items()}
    for name, far in agreed.items():
        print(f"{what} {name}: Keras and PyTorch differ by {far:.1e}", flush=True)
    for name, gap in gaps.items():
        if not abs(gap - truth[name][1]["gap"]) <= WITNESS_LIMIT:
            raise SystemExit(f"{what} {name}: gap {truth[name][1]['gap']}, Keras' is {gap}")
    wrong = [name for name, far in agreed.items() if not far <= WITNESS_LIMIT]
    if wrong:
        raise SystemExit(f"{what}: Keras and PyTorch disagree on {', '.join(wrong)}")
    return agreed


def write(store, keras_version, tensorflow_version):
    for file, arrays in store.files.items():
        np.savez_compressed(store.folder / file, **arrays)
    made = {
        "by": "PyTorch, from the papers' formulas",
        "heldTo": "Keras and TensorFlow in float64, written separately",
        "python": platform.python_version(),
        "torch": torch.__version__,
        "keras": keras_version,
        "tensorflow": tensorflow_version,
        "numpy": np.__version__,
    }
    lines = ",\n".join("    " + json.dumps(entry) for entry in store.entries)
    (store.folder / "methods.json").write_text(
        f'{{\n  "made": {json.dumps(made)},\n  "goldens": [\n{lines}\n  ]\n}}\n'
    )


def main():
    args = arguments(__doc__)
    torch.set_num_threads(1)
    add_goldens(args.out, {"squeezenet": args.squeezenet, "tiny_vgg": args.tiny_vgg})


if __name__ == "__main__":
    main()
