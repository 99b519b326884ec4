"""Makes the structures of well-known networks that the program brings.

    python make_architectures.py        # in this folder, Keras 3.15, TensorFlow

Those of keras.applications, without the settings that say how to train or that are Keras' own
defaults, one layer a line; and torchvision's VGG16 with batch normalization and AlexNet, written
out here after torchvision's models/vgg.py and models/alexnet.py. `modules` is what torchvision
calls a layer: its linear part, and then its activation.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "../../../../../../main/resources/dev/vitrine/weights/architectures")
READ = (
    "activation axis batch_shape center data_format depth_multiplier dilation_rate epsilon filters"
    " groups keepdims kernel_size max_value name negative_slope padding pool_size scale strides"
    " target_shape threshold units use_bias"
).split()
DEFAULTS = {
    "activation": "linear",
    "center": True,
    "data_format": "channels_last",
    "depth_multiplier": 1,
    "dilation_rate": [1, 1],
    "groups": 1,
    "keepdims": False,
    "negative_slope": 0.0,
    "padding": "valid",
    "scale": True,
    "threshold": 0.0,
    "use_bias": True,
}
VGG = {16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4]}


def needed(kind, key, value):
    if key == "strides" and value == [1, 1] and "Conv" in kind:
        return False  # a pooling's default is another
    return key in READ and (key not in DEFAULTS or DEFAULTS[key] != value)


def shortened(whole):
    """What the importer reads of the layers of a model's configuration."""
    layers = []
    for layer in whole["layers"]:
        before = []

        def collect(value):
            if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
                before.append(value["config"]["keras_history"])
            elif isinstance(value, list):
                for inner in value:
                    collect(inner)

        for node in layer["inbound_nodes"]:
            collect(node["args"])
        settings = {k: v for k, v in layer["config"].items() if needed(layer["class_name"], k, v)}
        layers.append(
            {
                "class_name": layer["class_name"],
                "name": layer["name"],
                "config": settings,
                "inbound_nodes": [before] if before else [],
            }
        )
    return layers


def write(name, layers, folder=FOLDER):
    ends = [json.dumps([layers[at]["name"], 0, 0]) for at in (0, -1)]
    with open(os.path.join(folder, name + ".json"), "w") as out:
        out.write('{"class_name": "Functional", "config": {"layers": [\n')
        out.write(",\n".join(json.dumps(layer) for layer in layers))
        out.write('\n], "input_layers": [%s], "output_layers": [%s]}}\n' % tuple(ends))


def application(name):
    import keras

    keras.backend.clear_session()  # layers are counted from the first again
    model = getattr(keras.applications, name)(weights=None)
    print(name, model.count_params(), "weights")
    return shortened(json.loads(model.to_json())["config"])


def with_modules(layers, blocks):
    """torchvision's names for a VGG of Keras': each ReLU and pooling is a module there."""
    names, module = {}, 0
    for block, convolutions in enumerate(blocks, 1):
        for conv in range(1, convolutions + 1):
            names[f"block{block}_conv{conv}"] = [f"features.{module}", f"features.{module + 1}"]
            module += 2
        names[f"block{block}_pool"] = [f"features.{module}"]
        module += 1
    names |= {"fc1": ["classifier.0", "classifier.1"], "fc2": ["classifier.3", "classifier.4"]}
    names |= {"predictions": ["classifier.6"]}
    for layer in layers:
        if layer["name"] in names:
            layer["config"]["modules"] = names[layer["name"]]
    return layers


class Chain:
    """Layers one after the other, channels first as in PyTorch."""

    def __init__(self, size):
        self.layers = []
        self.add("InputLayer", "image", batch_shape=[None, 3, size, size])

    def add(self, kind, name, module=None, **settings):
        before = [[[self.layers[-1]["name"], 0, 0]]] if self.layers else []
        if kind in ("Conv2D", "MaxPooling2D", "ZeroPadding2D"):
            settings["data_format"] = "channels_first"
        config = {"name": name, **settings}
        if module:
            config["modules"] = [module]
        self.layers.append(
            {"class_name": kind, "name": name, "config": config, "inbound_nodes": before}
        )

    def classifier(self, modules):
        self.add("Flatten", "flatten")
        for name, (dropout, linear), units in zip(("fc1", "fc2"), modules, (4096, 4096)):
            if dropout:
                self.add("Dropout", name + "_dropout", f"classifier.{dropout[0]}")
            self.add("Dense", name, f"classifier.{linear}", units=units)
            self.add("ReLU", name + "_relu", f"classifier.{linear + 1}")
        last = modules[-1][1] + (3 if modules[0][0] is None else 2)
        self.add("Dense", "predictions", f"classifier.{last}", units=1000)
        self.add("Softmax", "probabilities")


def vgg16_bn():
    net, module = Chain(224), 0
    for block, (convolutions, filters) in enumerate(zip(VGG[16], (64, 128, 256, 512, 512)), 1):
        for i in range(1, convolutions + 1):
            names = [f"features.{module + k}" for k in range(3)]
            net.add(
                "Conv2D", f"block{block}_conv{i}", names[0], filters=filters, kernel_size=[3, 3], padding="same"
            )
            net.add("BatchNormalization", f"block{block}_bn{i}", names[1], axis=1, epsilon=1e-5)
            net.add("ReLU", f"block{block}_relu{i}", names[2])
            module += 3
        net.add("MaxPooling2D", f"block{block}_pool", f"features.{module}", pool_size=[2, 2])
        module += 1
    net.classifier([(None, 0), (None, 3)])
    return net.layers


def alexnet():
    net = Chain(224)
    pooled = {"pool_size": [3, 3], "strides": [2, 2]}
    rows = ((0, 64, 11, 4, 2, True), (3, 192, 5, 1, 2, True), (6, 384, 3, 1, 1, False))
    rows += ((8, 256, 3, 1, 1, False), (10, 256, 3, 1, 1, True))
    for i, (module, filters, size, stride, padding, pool) in enumerate(rows, 1):
        net.add("ZeroPadding2D", f"conv{i}_pad", padding=[padding, padding])
        net.add(
            "Conv2D",
            f"conv{i}",
            f"features.{module}",
            filters=filters,
            kernel_size=[size, size],
            strides=[stride, stride],
        )
        net.add("ReLU", f"relu{i}", f"features.{module + 1}")
        if pool:
            net.add("MaxPooling2D", f"pool{i}", f"features.{module + 2}", **pooled)
    net.classifier([((0,), 1), ((3,), 4)])
    return net.layers


if __name__ == "__main__":
    write("vgg16", with_modules(application("VGG16"), VGG[16]))
    write("vgg19", with_modules(application("VGG19"), VGG[19]))
    write("inception_v3", application("InceptionV3"))
    write("resnet50", application("ResNet50"))
    write("mobilenet", application("MobileNet"))
    write("xception", application("Xception"))
    write("vgg16_bn", vgg16_bn())
    write("alexnet", alexnet())
