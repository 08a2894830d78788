"""Reads the arrays of TensorFlow.js models: a manifest in JSON, and the bytes that it describes.

Source: https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float32] | npt.NDArray[np.int64]

_STORED = {"float16": "<f2", "uint8": "u1", "uint16": "<u2"}


class NotTfjsError(ValueError):
    """The files are not, or not wholly, a model of TensorFlow.js."""


def read_json(path: Path) -> Any:
    """Return what a JSON file of a model says.

    Raises:
        NotTfjsError: It is none.
    """
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise NotTfjsError(f"{path} is no JSON: {error}") from error


def read_values(manifest: Any, folder: Path) -> Mapping[str, Values]:
    """Return the arrays of a manifest by their names: float32, or int64 for whole numbers.

    Args:
        manifest: Groups of arrays, each with the files that hold it.
        folder: Where the files are.

    Raises:
        NotTfjsError: See there.
    """
    values: dict[str, Values] = {}
    try:
        for group in manifest:
            content = b"".join((folder / name).read_bytes() for name in group["paths"])
            start = 0
            for described in group["weights"]:
                values[described["name"]], length = _array(described, content[start:])
                start += length
    except (KeyError, TypeError, ValueError) as error:
        raise NotTfjsError(f"the arrays in {folder} are damaged: {error}") from error
    return values


def _array(described: Any, content: bytes) -> tuple[Values, int]:
    """Return the array at the start of some bytes, and how many of them it takes."""
    shape = [int(length) for length in described["shape"]]
    count = int(np.prod(shape))
    stored = described.get("quantization")
    kind = (
        _STORED[stored["dtype"]]
        if stored
        else {"float32": "<f4", "int32": "<i4"}[described["dtype"]]
    )
    raw = np.frombuffer(content, kind, count)
    if described["dtype"] == "int32":
        return raw.astype(np.int64).reshape(shape), raw.nbytes
    values = raw.astype(np.float32)
    if stored and stored["dtype"] != "float16":
        values = values * np.float32(stored["scale"]) + np.float32(stored["min"])
    return values.reshape(shape), raw.nbytes
