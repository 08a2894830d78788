"""Arrays in the formats that AWS's serving toolkits read and write by default.

Unlike those toolkits, nothing here unpickles what a client sends.

Source: https://github.com/aws/sagemaker-inference-toolkit (decoder.py, encoder.py)
"""

import io
import json
from typing import Any

import numpy as np
import scipy.sparse

from outcrop_runtime.serving.messages import CSV, JSON, UnsupportedFormatError, accepted, bare

NPY, NPZ = "application/x-npy", "application/x-npz"


def decode(content: str | bytes, content_type: str) -> Any:
    """Return the array that a request's body holds.

    Raises:
        UnsupportedFormatError: It is of another type.
    """
    match bare(content_type):
        case "application/json":
            return np.array(json.loads(content))
        case "text/csv":
            text = content if isinstance(content, str) else content.decode()
            return np.genfromtxt(io.StringIO(text), delimiter=",")
        case "application/x-npy":
            return np.load(io.BytesIO(_bytes(content)), allow_pickle=False)
        case "application/x-npz":
            return scipy.sparse.load_npz(io.BytesIO(_bytes(content)))
        case _:
            raise UnsupportedFormatError(content_type)


def encode(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Return a prediction in the first type that is accepted and known, and that type.

    Raises:
        UnsupportedFormatError: None is known.
    """
    for content_type in accepted(accept):
        match content_type:
            case "application/json":
                return json.dumps(prediction, default=_plain).encode(), JSON
            case "text/csv":
                text = io.StringIO()
                np.savetxt(text, prediction, delimiter=",", fmt="%s")
                return text.getvalue().encode(), CSV
            case "application/x-npy":
                packed = io.BytesIO()
                np.save(packed, prediction, allow_pickle=False)
                return packed.getvalue(), NPY
            case _:
                continue
    raise UnsupportedFormatError(accept)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
