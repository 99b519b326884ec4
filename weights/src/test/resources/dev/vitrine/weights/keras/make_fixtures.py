"""Makes the model files and goldens.npz that KerasImporterTest reads.

    python make_fixtures.py        # in this folder, Keras 3.15, TensorFlow, h5py, NumPy

Keras 3 writes the models and says what each layer's output is for a random input. keras2/ holds
files that Keras 1 and 2 wrote (Apache-2.0, KonduitAI/dl4j-test-resources); today's Keras does not
read them, so the one with a golden is built again by hand. functional_as_keras2.h5 is
functional.h5 in the grammar of those files.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import h5py
import keras
import numpy as np
from keras import layers as L

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "files")
random = np.random.default_rng(2026)
goldens = {}


def randomize(model):
    """Weights that leave no layer dead or trivial."""
    for layer in model.layers:
        weights = []
        for w in layer.weights:
            values = random.normal(0, 0.3, w.shape)
            if w.name in ("gamma", "moving_variance"):
                values = random.uniform(0.5, 1.5, w.shape)
            weights.append(values.astype(np.float32))
        layer.set_weights(weights)


def keep(name, model, wanted):
    """Stores an input and what the named outputs are for it."""
    x = random.normal(0, 1, (2,) + tuple(d or 9 for d in model.input_shape[1:])).astype(np.float32)
    goldens[name + ":x"] = x
    for key, tensor in wanted.items():
        y = keras.Model(model.inputs, tensor).predict(x, verbose=0)
        assert np.isfinite(y).all() and np.abs(y).max() > 0, (name, key)
        goldens[name + ":" + key] = y.astype(np.float32)


def functional():
    x = keras.Input((13, 11, 3), name="photo")
    h = L.Rescaling(2.0, offset=-0.5, name="rescaled")(x)
    h = L.Conv2D(6, (3, 2), strides=2, padding="same", activation="relu", name="conv")(h)
    h = L.BatchNormalization(epsilon=0.01, name="norm")(h)
    pooled = L.MaxPooling2D(3, strides=1, padding="same", name="pool")(h)
    left = L.Conv2D(4, 3, padding="same", dilation_rate=2, activation="tanh", name="left")(pooled)
    right = L.Conv2D(4, 3, padding="same", groups=2, use_bias=False, name="right")(pooled)
    right = L.LeakyReLU(0.1, name="leaky")(right)
    shared = L.Conv2D(4, 1, activation="swish", name="shared")
    first, second = shared(left), shared(right)
    again = shared(first)
    total = L.Add(name="total")([first, second, again])
    mean = L.Average(name="mean")([left, right, total])
    product = L.Multiply(name="product")([mean, second])
    most = L.Maximum(name="most")([product, left])
    difference = L.Subtract(name="difference")([most, right])
    joined = L.Concatenate(name="joined")([difference, total, pooled])
    h = L.Dropout(0.5, name="dropped")(joined)
    h = L.ZeroPadding2D(((1, 2), (3, 0)), name="framed")(h)
    h = L.Cropping2D(((0, 1), (1, 1)), name="cut")(h)
    h = L.AveragePooling2D((3, 2), strides=(2, 1), padding="same", name="averaged")(h)
    h = L.ELU(0.5, name="elu")(h)
    wide = L.GlobalMaxPooling2D(name="largest")(h)
    deep = L.Flatten(name="flat")(L.GlobalAveragePooling2D(keepdims=True, name="average")(h))
    h = L.Concatenate(name="features")([wide, deep])
    h = L.Dense(8, activation="gelu", name="hidden")(h)
    h = L.ReLU(max_value=1.0, name="clipped")(h)
    h = L.Dense(5, name="scores")(h)
    y = L.Activation("softmax", name="probabilities")(h)
    model = keras.Model(x, y, name="functional")
    randomize(model)
    model.save(os.path.join(FILES, "functional.h5"))
    wanted = {l.name: l.output for l in model.layers[1:] if l.name != "shared"}
    wanted |= {"shared": first, "shared#1": second, "shared#2": again}
    keep("functional", model, wanted)


def as_keras2():
    """functional.h5 as Keras 2 would have written it."""
    with h5py.File(os.path.join(FILES, "functional.h5")) as old:
        config = json.loads(old.attrs["model_config"])
        weights = {
            name: [(w, old["model_weights"][name][w][()]) for w in group.attrs["weight_names"]]
            for name, group in old["model_weights"].items()
        }

    def sources(value):
        if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
            return [value["config"]["keras_history"] + [{}]]
        if isinstance(value, list):
            return [s for v in value for s in sources(v)]
        return []

    config["class_name"] = "Model"
    model = config["config"]
    for layer in model["layers"]:
        settings = layer["config"]
        settings["dtype"] = "float32"
        if layer["class_name"] == "InputLayer":
            settings["batch_input_shape"] = settings.pop("batch_shape")
        if layer["class_name"] == "LeakyReLU":
            settings["alpha"] = settings.pop("negative_slope")
        if layer["class_name"] == "BatchNormalization":
            settings["axis"] = [3]
        if layer["class_name"].startswith("Global"):
            settings.pop("keepdims") if not settings["keepdims"] else None
        layer["inbound_nodes"] = [sources(n["args"]) for n in layer["inbound_nodes"]]
    model["input_layers"] = [["photo", 0, 0]]
    model["output_layers"] = [["probabilities", 0, 0]]
    with h5py.File(os.path.join(FILES, "functional_as_keras2.h5"), "w") as new:
        new.attrs["keras_version"] = np.bytes_("2.2.4-tf")
        new.attrs["backend"] = np.bytes_("tensorflow")
        new.attrs["model_config"] = np.bytes_(json.dumps(config))
        group = new.create_group("model_weights")
        names = [np.bytes_(l["name"]) for l in model["layers"]]
        group.attrs["layer_names0"], group.attrs["layer_names1"] = names[:9], names[9:]
        for name, arrays in weights.items():
            layer = group.create_group(name)
            listed = [np.bytes_(w + ":0") for w, _ in arrays]
            if len(listed) > 2:  # what Keras does to lists above 64 KiB
                layer.attrs["weight_names0"], layer.attrs["weight_names1"] = listed[:2], listed[2:]
            else:
                layer.attrs["weight_names"] = listed
            for w, values in arrays:
                layer.create_dataset(w + ":0", data=values)


def sequential():
    model = keras.Sequential(
        [
            keras.Input((None, None, 2)),
            L.Conv2D(3, 3, activation=keras.activations.relu, name="conv"),
            L.Conv2D(4, 2, activation=L.LeakyReLU(0.3), name="leaky"),
            L.GlobalAveragePooling2D(name="pool"),
            L.Dense(1, activation="sigmoid", name="yes"),
        ],
        name="sequential",
    )
    randomize(model)
    model.save(os.path.join(FILES, "sequential.h5"))
    keep("sequential", model, {l.name: l.output for l in model.layers})


def built_again():
    """keras2/fullconfigs__cnn__cnn_batch_norm.h5, layer by layer."""
    model = keras.Sequential(
        [
            keras.Input((10, 10, 3)),
            L.Conv2D(1, 3, name="conv2d_1"),
            L.BatchNormalization(epsilon=0.001, name="batch_normalization_1"),
            L.Activation("relu", name="activation_1"),
            L.Conv2D(1, 3, name="conv2d_2"),
            L.Flatten(name="flatten_1"),
            L.Dense(1, name="dense_1"),
        ]
    )
    with h5py.File(os.path.join(FILES, "keras2", "fullconfigs__cnn__cnn_batch_norm.h5")) as file:
        for layer in model.layers:
            group = file["model_weights"][layer.name]
            layer.set_weights([group[w][()] for w in group.attrs["weight_names"]])
    keep("cnn_batch_norm", model, {l.name: l.output for l in model.layers})


def built_in():
    """Tiny VGG as it comes with the program, on noise."""
    resources = os.path.join(HERE, "../../../../../../main/resources/dev/vitrine/weights")
    model = keras.models.load_model(os.path.join(resources, "models/tiny_vgg.h5"), compile=False)
    x = random.uniform(0, 1, (1, 64, 64, 3)).astype(np.float16).astype(np.float32)
    logits = keras.Model(model.inputs, model.layers[-1].input).predict(x, verbose=0)
    kernel, bias = model.layers[-1].get_weights()
    goldens["tiny_vgg:x"] = x
    goldens["tiny_vgg:output.pre"] = logits @ kernel + bias
    goldens["tiny_vgg:output"] = model.predict(x, verbose=0)


def odd_ones():
    """Small files, each with one thing wrong or unusual."""
    model = keras.Sequential([keras.Input((4, 4, 1), name="image"), L.Conv2D(2, 3, name="conv")], name="odd")
    randomize(model)
    plain = os.path.join(FILES, "plain.h5")
    model.save(plain)
    model.save_weights(os.path.join(FILES, "only.weights.h5"))
    with h5py.File(plain) as file:
        config = file.attrs["model_config"]
        kernel = file["model_weights/conv/odd/conv/kernel"][()]
        bias = file["model_weights/conv/odd/conv/bias"][()]

    def write(name, kernel, config=config, names=("kernel", "bias"), **storage):
        with h5py.File(os.path.join(FILES, name + ".h5"), "w", libver="latest") as file:
            file.attrs["model_config"] = config
            group = file.create_group("model_weights/conv")
            group.attrs["weight_names"] = list(names)
            group.create_dataset("bias", data=bias)
            if kernel is not None:
                group.create_dataset("kernel", data=kernel, **storage)
            else:
                group.create_dataset("kernel", **storage)

    write("float64", kernel.astype(np.float64), compression="gzip", shuffle=True, chunks=(2, 2, 1, 2))
    write("float16", kernel.astype(np.float16))
    write("int8", np.ones(kernel.shape, np.int8))
    write("wrong_shape", kernel[:, :, :, :1])
    write("no_dataset", kernel, names=("weights", "bias"))
    write("too_few", kernel, names=("kernel",))
    write("too_many", kernel, names=("kernel", "bias", "bias"))
    holed = kernel.copy()
    holed[1, 2, 0, 1] = np.nan
    write("nan", holed)
    write("unwritten", None, shape=kernel.shape, dtype="f4")
    wide = json.loads(config)
    wide["config"]["layers"][1]["config"]["filters"] = 200_000_000
    # 7 GB that the file declares and does not hold.
    write(
        "hollow",
        None,
        config=json.dumps(wide),
        shape=kernel.shape[:3] + (200_000_000,),
        dtype="f4",
        chunks=kernel.shape[:3] + (1000,),
        compression="gzip",
    )
    for name, change in {
        "no_output": lambda c: c["config"].update(output_layers=[["conv", 0, 0], ["conv2", 0, 0]]),
        "sideways": lambda c: c["config"]["layers"][1]["config"].update(data_format="sideways"),
        "movie": lambda c: c["config"]["layers"][0]["config"].update(
            batch_shape=[None, 8, 4, 4, 1]
        ),
        "embedding": lambda c: c["config"].update(
            layers=[c["config"]["layers"][0]]
            + [{"class_name": "Embedding", "config": {"name": "words"}}]
        ),
        "steps": lambda c: c["config"]["layers"][1].update(class_name="Conv1D"),
        "subclassed": lambda c: c.update(class_name="Detector"),
        "no_filters": lambda c: c["config"]["layers"][1]["config"].pop("filters"),
        "channels_first": lambda c: c["config"]["layers"][1]["config"].update(
            data_format="channels_first"
        ),
        "rows": lambda c: c["config"]["layers"][0]["config"].update(batch_shape=[None, 4]),
        "small": lambda c: c["config"]["layers"][0]["config"].update(batch_shape=[None, 2, 4, 1]),
        "bent": lambda c: c["config"]["layers"][1]["config"].update(activation="bent"),
        "unfed": lambda c: c["config"]["layers"][1].update(
            inbound_nodes=[[["nowhere", 0, 0, {}]]]
        ),
    }.items():
        changed = json.loads(config)
        if name in ("no_output", "unfed"):
            changed["class_name"] = "Functional"
            changed["config"].update(
                input_layers=[["image", 0, 0]], output_layers=[["conv", 0, 0]]
            )
            for layer in changed["config"]["layers"]:
                layer["name"] = layer["config"]["name"]
                layer["inbound_nodes"] = []
        change(changed)
        write(name, kernel, config=json.dumps(changed))
    write("not_json", kernel, config=config[:200])
    write("other_layer", kernel)
    with h5py.File(os.path.join(FILES, "other_layer.h5"), "r+") as file:
        file["model_weights"].attrs["layer_names"] = [b"image", b"conv", b"head"]
        head = file.create_group("model_weights/head")
        head.attrs["weight_names"] = [b"kernel"]
        head.create_dataset("kernel", data=bias)


os.makedirs(FILES, exist_ok=True)
functional()
as_keras2()
sequential()
built_again()
built_in()
odd_ones()
np.savez_compressed(os.path.join(HERE, "goldens.npz"), **goldens)
