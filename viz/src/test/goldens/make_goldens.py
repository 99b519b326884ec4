"""Makes all goldens: see README.md beside this file.

    python make_goldens.py --squeezenet FILE.h5 --tiny-vgg FILE.h5 \
        --samples viz/samples --out viz/src/test/resources/goldens
"""

import argparse
import pathlib
import platform

import h5py
import numpy as np
import PIL
import torch


def arguments(description):
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--squeezenet", required=True, help="squeezenet_v1.0_imagenet.h5")
    parser.add_argument("--tiny-vgg", required=True, help="tiny_vgg.h5")
    parser.add_argument("--samples", type=pathlib.Path, default="viz/samples")
    parser.add_argument("--out", type=pathlib.Path, default="viz/src/test/resources/goldens")
    return parser.parse_args()


def main():
    args = arguments(__doc__)
    # imported late: TensorFlow takes seconds to start, and --help needs none of these
    import check_operations
    import closed_form
    import keras_numbers
    import methods
    import networks
    import operations
    import resizing
    from store import Store

    torch.set_num_threads(1)  # the order of the sums does not depend on the number of cores
    closed_form.check()
    store = Store(args.out)
    networks.add_goldens(store, networks.SQUEEZENET, args.squeezenet, args.samples)
    networks.add_goldens(store, networks.TINY_VGG, args.tiny_vgg, args.samples)
    resizing.add_goldens(store, args.samples)
    paths = {"squeezenet": args.squeezenet, "tiny_vgg": args.tiny_vgg}
    keras_versions = keras_numbers.add_goldens(store, paths, args.samples)
    cases = operations.all_cases()
    check_operations.check(cases)
    operations.write(cases, args.out)
    store.extra["made"] = {
        "python": platform.python_version(),
        "torch": torch.__version__,
        **keras_versions,
        "numpy": np.__version__,
        "pillow": PIL.__version__,
        "h5py": h5py.__version__,
    }
    store.write()
    methods.add_goldens(args.out, paths)  # reads the pixels that were just written
    total = 0
    for file in sorted(args.out.iterdir()):
        total += file.stat().st_size
        print(f"{file.stat().st_size:9d} {file.name}")
    print(f"{total:9d} in all")


if __name__ == "__main__":
    main()
