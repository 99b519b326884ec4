"""Collects golden arrays, writes them as .npz files and lists them in index.json."""

import json
import pathlib

import numpy as np


class Store:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.files = {}
        self.entries = []
        self.extra = {}

    def add(self, file, array_name, array, **facts):
        """Adds one array. An array of nothing but zeros would hold nothing, so it is refused."""
        array = np.ascontiguousarray(array)
        if not np.any(array):
            raise ValueError(f"{file}/{array_name} is all zero: no use as a golden")
        if not np.all(np.isfinite(array)):
            raise ValueError(f"{file}/{array_name} holds values that are not finite")
        arrays = self.files.setdefault(file, {})
        if array_name in arrays:
            raise ValueError(f"{file}/{array_name} is there twice")
        arrays[array_name] = array
        entry = {"file": file, "array": array_name, "shape": list(array.shape)}
        entry["dtype"] = str(array.dtype)
        entry.update({k: v for k, v in facts.items() if v is not None})
        self.entries.append(entry)

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for file, arrays in self.files.items():
            np.savez_compressed(self.folder / file, **arrays)
        index = {**self.extra, "goldens": self.entries}
        (self.folder / "index.json").write_text(as_json(index))


def as_json(value, indent=0):
    """JSON with one entry of a list of objects per line: easy to read and to compare."""
    pad = "  " * (indent + 1)
    if isinstance(value, dict) and indent == 0:
        body = ",\n".join(f"{pad}{json.dumps(k)}: {as_json(v, 1)}" for k, v in value.items())
        return "{\n" + body + "\n}\n"
    if isinstance(value, list) and indent == 1 and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(pad + json.dumps(v) for v in value) + "\n  ]"
    return json.dumps(value)
