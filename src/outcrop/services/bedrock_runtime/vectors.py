"""Embeddings in the lengths and number formats that requests ask for."""

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or find_spec("numpy"):
    # Without the extra `embeddings` there is no NumPy, and nobody has vectors to bring here.
    import numpy as np
    import numpy.typing as npt

KINDS = ("float", "int8", "uint8", "binary", "ubinary")


def fitted(vectors: "npt.NDArray[np.float32]", dimensions: int) -> "npt.NDArray[np.float32]":
    """Return vectors of another length, their cosines kept as well as that length allows.

    They are turned to fixed random directions at right angles. Longer ones keep every cosine and
    every distance, and have a sign in each number, which zeros at the end would not: that is what
    binary embeddings rest on. Shorter ones keep them nearly (Johnson and Lindenstrauss), and are
    brought back to the length that they had.

    Args:
        vectors: float32, (texts, length).
        dimensions: The length that is asked for.

    Returns:
        float32, (texts, dimensions).
    """
    length = vectors.shape[1]
    if length == dimensions:
        return vectors
    projected = vectors @ _directions(length, dimensions)
    had, has = (np.linalg.norm(rows, axis=1, keepdims=True) for rows in (vectors, projected))
    return (projected * (had / np.maximum(has, 1e-12))).astype(np.float32)


@cache
def _directions(length: int, dimensions: int) -> "npt.NDArray[np.float32]":
    """Return orthonormal columns, or rows where they are fewer, the same in every run.

    float32, (length, dimensions).
    """
    longer, shorter = max(length, dimensions), min(length, dimensions)
    seeded = np.random.default_rng(0).standard_normal((longer, shorter))
    columns = np.linalg.qr(seeded)[0].astype(np.float32)
    return columns if length == longer else columns.T


def told_as(kind: str, vector: "npt.NDArray[np.float32]") -> list[Any]:
    """Return a vector's numbers in one of `KINDS`.

    `int8` and `uint8` spread -1.0 to 1.0 over their range; `binary` and `ubinary` pack the signs,
    eight to a number, the first in the highest bit.
    """
    match kind:
        case "int8":
            return np.clip(np.round(vector * 127), -128, 127).astype(np.int8).tolist()
        case "uint8":
            return np.clip(np.round((vector + 1) * 127.5), 0, 255).astype(np.uint8).tolist()
        case "ubinary":
            return np.packbits(vector > 0).tolist()
        case "binary":
            return (np.packbits(vector > 0).astype(np.int16) - 128).tolist()
        case _:
            return vector.tolist()
