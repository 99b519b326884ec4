"""What real Keras says: logits and probabilities of the sample images, and a check of ours.

The goldens of the networks come from `keras_net`; this holds that module to Keras itself, on
logits and on the gradient of the top class, before anything is written.
"""

import os

import numpy as np
import torch

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import tensorflow as tf

import networks
from keras_net import KerasNet
from resizing import noised, resized


def logits_model(path):
    """The network as far as its logits: what its final softmax is given."""
    model = keras.models.load_model(path, compile=False)
    last = model.layers[-1]
    if isinstance(last, keras.layers.Activation):
        return keras.Model(model.inputs, model.layers[-2].output)
    last.activation = keras.activations.linear
    return keras.Model(model.inputs, last(model.layers[-2].output))


def add_goldens(store, paths, samples):
    for model in (networks.SQUEEZENET, networks.TINY_VGG):
        path = paths[model.name]
        with_softmax = keras.models.load_model(path, compile=False)
        to_logits = logits_model(path)
        for image in model.images:
            small = resized(samples, image, model.size, model.size)
            check(model, path, to_logits, noised(small, networks.SEEDS[model.name, image]), image)
            x = networks.preprocessed(model, small, torch.float32).numpy()
            logits, probabilities = to_logits(x).numpy()[0], with_softmax(x).numpy()[0]
            top = [int(i) for i in np.argsort(-probabilities)[:5]]
            ours = KerasNet(path, torch.float64)
            truth = ours.run(networks.preprocessed(model, small, torch.float64))
            common = {
                "model": model.name,
                "image": image,
                "preprocess": model.preprocess,
                "input": f"resize.npz {image}-{model.size}x{model.size}-bilinear",
            }
            shares = [round(float(probabilities[i]), 6) for i in top]
            print(f"Keras, {model.name} {image}: {list(zip(top, shares))}")
            for name, value, extra in (
                ("logits", logits, {}),
                ("probabilities", probabilities, {"top": top, "topProbabilities": shares}),
            ):
                reference = ours.nhwc(truth[name])[0]
                store.add(
                    "keras.npz",
                    f"{model.name}-{image}-{name}",
                    value,
                    what=f"{name} by Keras on the resized image without noise",
                    **common,
                    maxAbs=networks.significant(np.max(np.abs(reference))),
                    distance64=networks.significant(networks.distance(value, reference)),
                    **extra,
                )
    return {"keras": keras.__version__, "tensorflow": tf.__version__}


def check(model, path, to_logits, pixels, image):
    """Fails unless keras_net and Keras agree: logits to 1e-5, the top class's gradient to 1e-2.

    The gradient's limit leaves room for one ReLU that falls the other way; without one it is 1e-6.
    """
    x = networks.preprocessed(model, pixels, torch.float32)
    ours = KerasNet(path, torch.float64)
    x64 = networks.preprocessed(model, pixels, torch.float64).requires_grad_()
    out = ours.run(x64)["logits"]
    cls = int(out.argmax())
    (gradient,) = torch.autograd.grad(out[0, cls], x64)
    tensor = tf.constant(x.numpy())
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        logits = to_logits(tensor)
        score = logits[0, cls]
    far = networks.distance(logits.numpy(), out.detach().numpy())
    gradient_far = networks.distance(tape.gradient(score, tensor).numpy(), gradient.numpy())
    print(f"Keras and ours, {model.name} {image}: logits {far:.1e}, gradient {gradient_far:.1e}")
    if far > 1e-5 or gradient_far > 1e-2:
        raise SystemExit(f"{model.name} {image}: keras_net does not compute what Keras computes")
