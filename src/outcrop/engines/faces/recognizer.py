"""dlib's recognition network: faces as vectors that are near one another for one person.

For the worker.

Source: http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html
"""

from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.faces.crops import Pixels, cut, fitted
from outcrop.engines.faces.mesh import Mesh
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.face_recognition_net import DIMENSIONS, SIDE, graph_of
from outcrop.weights.onnx_file import onnx_bytes

ALIGNED = (263, 362, 33, 133, 2)
"""The points of the mesh that dlib aligns by: the corners of the eyes, and the nose's base."""
SHAPE = (
    (0.8595674595992, 0.2134981538014),
    (0.6460604764104, 0.2289674387677),
    (0.1205750620789, 0.2137274526848),
    (0.3340850613712, 0.2290642403242),
    (0.4901123135679, 0.6277975316475),
)
"""Where they lie in dlib's mean face.

Source: https://github.com/davisking/dlib/blob/master/dlib/image_transforms/interpolation.h
"""
PADDING = 0.25
LIKELY_DISTANCE, LIKELY_SIMILARITY = 0.5, 0.8
SLOPE = 21.4
"""Similarity falls with distance along a logistic curve through (0.35, 0.99) and (0.5, 0.8): of our
own making, see docs/services/rekognition.md for what it was fitted to."""
GALLERIES_KEPT = 32

Vectors = npt.NDArray[np.float32]
"""(faces, 128)."""


class Recognizer:
    """The loaded model, and galleries that were searched lately."""

    def __init__(self, manifest: Path) -> None:
        self._model = OnnxModel(onnx_bytes(graph_of(manifest), {}))
        self._galleries: OrderedDict[str, tuple[list[str], Vectors]] = OrderedDict()

    def vector(self, pixels: Pixels, mesh: Mesh) -> Vectors:
        """Return the vector of a face, the mean of itself and of its mirror image: (128,)."""
        seen = aligned(pixels, mesh, side=SIDE, padding=PADDING)
        given = np.ascontiguousarray(seen.transpose(0, 3, 1, 2).astype(np.float32))
        return self._model.run(given)["vectors"].mean(axis=0)

    def put_gallery(self, key: str, names: list[str], vectors: Vectors) -> None:
        """Keep the faces of a gallery, and forget the one that was not searched for longest."""
        self._galleries[key] = (names, vectors)
        while len(self._galleries) > GALLERIES_KEPT:
            self._galleries.popitem(last=False)

    def search(
        self, key: str, wanted: Vectors, *, least_similarity: float, limit: int
    ) -> list[tuple[str, float]] | None:
        """Return the likest faces of a gallery; `None` if it is not known."""
        if key not in self._galleries:
            return None
        self._galleries.move_to_end(key)
        names, vectors = self._galleries[key]
        likeness = similarities(wanted, vectors)
        order: Sequence[int] = np.argsort(-likeness, kind="stable")[:limit].tolist()
        return [
            (names[place], float(likeness[place]))
            for place in order
            if likeness[place] >= least_similarity
        ]


def aligned(pixels: Pixels, mesh: Mesh, *, side: int, padding: float) -> Pixels:
    """Return a face as dlib's models see it, and its mirror image: (2, side, side, 3).

    Args:
        pixels: The picture.
        mesh: The face.
        side: Of what is returned, in pixels.
        padding: How much is seen around the mean face, as a part of its size.
    """
    target = (np.array(SHAPE) + padding) / (1 + 2 * padding) * side
    chip = cut(pixels, fitted(target, mesh.points[list(ALIGNED), :2]), side)
    return np.stack((chip, chip[:, ::-1]))


def similarities(one: Vectors, others: Vectors) -> Vectors:
    """Return how alike a face, (128,), is to each of others: (faces,), from 0.0 to 1.0."""
    distances = np.linalg.norm(others - one, axis=1)
    middle = LIKELY_DISTANCE + np.log(LIKELY_SIMILARITY / (1 - LIKELY_SIMILARITY)) / SLOPE
    return (1 / (1 + np.exp(SLOPE * (distances - middle)))).astype(np.float32)


def as_vectors(blob: bytes) -> Vectors:
    """Return the vectors that lie in bytes, one behind the other."""
    return np.frombuffer(blob, "<f4").reshape(-1, DIMENSIONS)
