"""The lengths of vectors."""

import numpy as np
import numpy.typing as npt


def of_length_one(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return vectors, (texts, dimensions), that point where they did, each of length 1."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
