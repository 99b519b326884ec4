"""The same methods once more, by Keras and TensorFlow in float64 and in other words.

Nothing here is shared with attributions.py and cams.py but the constants of the cases: the network
is Keras' own, its gradients are TensorFlow's, the quadrature's nodes come from a matrix's
eigenvalues, images are enlarged by matrices, singular vectors come from a covariance, and the maps
are loops over channels and windows.
"""

import json

import numpy as np

import keras_numbers  # sets TensorFlow's log level before it is imported
import keras
import tensorflow as tf

import attributions
import cams


@tf.custom_gradient
def guided(x):
    """ReLU whose gradient passes where both it and the input are positive."""
    return tf.nn.relu(x), lambda g: tf.where((g > 0) & (x > 0), g, tf.zeros_like(g))


def model64(path, rule="gradient"):
    """Keras' model up to the logits, in float64, its ReLUs under the rule."""
    single = keras_numbers.logits_model(path)
    single = keras.Model(single.inputs[0], single.outputs[0])
    config = json.loads(json.dumps(single.get_config()).replace('"float32"', '"float64"'))
    double = type(single).from_config(config)
    double.set_weights(single.get_weights())
    if rule == "guided":
        for layer in double.layers:
            if getattr(layer, "activation", None) is keras.activations.relu:
                layer.activation = guided
    return double


class Witness:
    def __init__(self, model, path, pixels, cls):
        self.model, self.cls, self.layer = model, cls, model.channel_layer
        self.net, self.guided = model64(path), model64(path, "guided")
        self.both = keras.Model(
            self.net.input, [self.net.get_layer(self.layer).output, self.net.outputs[0]]
        )
        self.tail = keras.Model(self.net.get_layer(self.layer).output, self.net.outputs[0])
        self.pixels = pixels.astype(np.float64)
        self.x = self.preprocess(self.pixels)

    def preprocess(self, rgb):
        if self.model.name == "squeezenet":
            return rgb[:, :, ::-1] - np.array([104.0, 117.0, 123.0])
        return rgb / 255

    def rgb(self, value):
        return value[:, :, ::-1] if self.model.name == "squeezenet" else value

    def score(self, x):
        return float(self.net(x[None])[0, self.cls])

    def gradient(self, x, net=None):
        x = tf.constant(x[None])
        with tf.GradientTape() as tape:
            tape.watch(x)
            score = (net or self.net)(x)[0, self.cls]
        return tape.gradient(score, x).numpy()[0]

    def at_layer(self):
        """The layer's output and the logit's gradient there, [h, w, c] each."""
        with tf.GradientTape() as tape:
            a, logits = self.both(self.x[None])
            tape.watch(a)
            score = self.tail(a)[0, self.cls]
        return a.numpy()[0], tape.gradient(score, a).numpy()[0]

    def attributions(self, extra):
        found = {"gradient-x-input": self.rgb(self.gradient(self.x) * self.x)}
        gaps = {}
        starts = {"zero": 0 * self.x}
        for name, grey in attributions.GREYS[self.model.name].items():
            starts[name] = self.preprocess(np.full(self.x.shape, grey))
        if attributions.BASELINE in extra:
            starts["noise"] = self.preprocess(extra[attributions.BASELINE].astype(np.float64))
        for name, start in starts.items():
            key = f"integrated-gradients-{name}"
            total = self.integral(start)
            found[key] = self.rgb(total)
            gaps[key] = self.score(self.x) - self.score(start) - total.sum()
        a, g = self.at_layer()
        weights = g.mean((0, 1))
        cam = np.maximum(sum(w * a[:, :, c] for c, w in enumerate(weights)), 0)
        cam = enlarged(cam, self.x.shape[:2], False)
        back = self.gradient(self.x, self.guided)
        found[f"guided-gradcam-{self.layer}"] = self.rgb(back * cam[:, :, None])
        if self.model.name == "tiny_vgg":
            for side, stride in attributions.WINDOWS:
                found[f"occlusion-{side}-{stride}"] = self.occlusion(side, stride)
        if attributions.NOISE in extra:
            noise = extra[attributions.NOISE].astype(np.float64)
            slopes = [self.gradient(self.x + self.rgb(n)) for n in noise]
            found["smoothgrad"] = sum(slopes) / len(slopes)
            found["smoothgrad-squared"] = sum(s * s for s in slopes) / len(slopes)
            found["smoothgrad-variance"] = np.var(slopes, axis=0)
        return found, gaps

    def integral(self, start):
        """Golub and Welsch: Gauss' nodes are the eigenvalues of a tridiagonal matrix."""
        k = np.arange(1, attributions.STEPS)
        beside = k / np.sqrt(4.0 * k * k - 1)
        nodes, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
        total = 0
        for node, weight in zip(nodes, vectors[0] ** 2):
            total = total + weight * self.gradient(start + (node + 1) / 2 * (self.x - start))
        return total * (self.x - start)

    def occlusion(self, side, stride):
        """As captum's: the window's count per axis is rounded up, what sticks out is cut."""
        height, width = self.x.shape[:2]
        total, count = np.zeros((height, width)), np.zeros((height, width))
        whole = self.score(self.x)
        for i in range(int(np.ceil((height - side) / stride)) + 1):
            for j in range(int(np.ceil((width - side) / stride)) + 1):
                rows = slice(i * stride, min(i * stride + side, height))
                columns = slice(j * stride, min(j * stride + side, width))
                hidden = self.x.copy()
                hidden[rows, columns] = 0
                total[rows, columns] += whole - self.score(hidden)
                count[rows, columns] += 1
        return total / count

    def cams(self, score=True):
        a, g = self.at_layer()
        height, width, channels = a.shape
        sums = a.sum((0, 1))
        plain, with_epsilon, xgrad, ablated = (np.zeros(channels) for _ in range(4))
        layered = np.zeros((height, width))
        whole = float(self.tail(a[None])[0, self.cls])
        for c in range(channels):
            up = g[:, :, c][g[:, :, c] > 0]
            plain[c] = (up / (2 + sums[c] * up)).sum()  # the paper's alpha with g^2 cancelled
            epsilon = cams.PLUS_PLUS_EPSILONS[1]
            with_epsilon[c] = (up**3 / (2 * up**2 + sums[c] * up**3 + epsilon)).sum()
            share = a[:, :, c] / (sums[c] + cams.XGRAD_EPSILON)
            xgrad[c] = (share * g[:, :, c]).sum()
            layered += a[:, :, c] * g[:, :, c].clip(0)
            without = a.copy()
            without[:, :, c] = 0
            ablated[c] = 1 - float(self.tail(without[None])[0, self.cls]) / whole
        found = {
            "gradcam++": np.maximum(a @ plain, 0),
            "gradcam++-epsilon": np.maximum(a @ with_epsilon, 0),
            "xgradcam": np.maximum(a @ xgrad, 0),
            "layercam": layered,
            "ablation-cam": np.maximum(a @ ablated, 0),
            "eigencam": principal(a, 0),
            "eigencam-centred": principal(a, a.mean((0, 1))),
        }
        if score:
            found["scorecam"] = self.score_cam(a, False)
            found["scorecam-corners"] = self.score_cam(a, True)
        found = {f"{name}-{self.layer}": value for name, value in found.items()}
        if self.model.name == "squeezenet":
            found["cam-conv10"] = self.cam()
        return found

    def score_cam(self, a, corners):
        images = []
        for c in range(a.shape[2]):
            mask = enlarged(a[:, :, c], self.x.shape[:2], corners)
            mask = (mask - mask.min()) / (np.ptp(mask) + cams.RANGE_EPSILON)
            images.append(self.x * mask[:, :, None])
        parts = [np.stack(images[at : at + 16]) for at in range(0, len(images), 16)]
        scores = np.concatenate([self.net(part).numpy()[:, self.cls] for part in parts])
        weights = np.exp(scores - scores.max())
        return np.maximum(a @ (weights / weights.sum()), 0)

    def cam(self):
        """Zhou's sum of the features by the class's weights: conv10 is 1 x 1, so it is that sum."""
        features = keras.Model(self.net.input, self.net.get_layer("pad10").output)
        kernel, bias = (w.astype(np.float64) for w in self.net.get_layer("conv10").get_weights())
        return np.maximum(
            features(self.x[None]).numpy()[0] @ kernel[0, 0, :, self.cls] + bias[self.cls], 0
        )


def enlarged(values, size, corners):
    """values [h, w] bilinear to size, by one matrix per axis."""
    down, across = (bilinear(n, to, corners) for n, to in zip(values.shape, size))
    return down @ values @ across.T


def bilinear(n, to, corners):
    if corners:
        at = np.arange(to) * (n - 1) / (to - 1)
    else:
        at = np.clip((np.arange(to) + 0.5) * n / to - 0.5, 0, n - 1)
    return np.maximum(0, 1 - np.abs(at[:, None] - np.arange(n)))


def principal(a, centre):
    """Projection on the covariance's last eigenvector, as the mean over the channels goes."""
    vectors = (a - centre).reshape(-1, a.shape[2])
    projected = vectors @ np.linalg.eigh(vectors.T @ vectors)[1][:, -1]
    sign = np.sign(projected @ vectors.mean(1))
    return (sign * projected).reshape(a.shape[:2])
