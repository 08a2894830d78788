"""MediaPipe's iris model: the lids and the iris of an eye; for the worker.

Source: https://arxiv.org/abs/2006.11341
"""

from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from outcrop.engines.faces.crops import Pixels, cut, placed, square
from outcrop.engines.faces.mesh import Mesh
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.onnx_file import onnx_bytes
from outcrop.weights.tfjs_graph import graph_of

SIDE = 64
AROUND = 2.3
"""How much larger the square is that is looked at than the eye in it."""
EYES = {"left": (33, 133), "right": (362, 263)}
"""The points of the mesh at the corners of the eyes, the left one of the picture first each."""
CORNERS, LOWER, UPPER, PUPIL = (0, 8), (3, 4, 5), (11, 12, 13), 71
"""Of the points that the model tells: the ends of the lids, their middles, the iris' middle."""
LEAST_WIDTH = 8.0
"""Of an eye, in pixels of the picture; smaller ones are not looked at."""


Eyes: TypeAlias = dict[str, tuple[npt.NDArray[np.float64], float]]
"""Where the pupils are, in pixels of the picture, and the gaps between the lids as parts of the
eyes' widths, by the eyes' names."""


class EyeModel:
    """The loaded model."""

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(onnx_bytes(graph_of(path), {}))

    def look(self, pixels: Pixels, mesh: Mesh) -> Eyes:
        """Return the eyes of a face; nothing if one of them is too small."""
        told: Eyes = {}
        for name, corners in EYES.items():
            left, right = mesh.points[list(corners), :2]
            across = right - left
            width = float(np.linalg.norm(across))
            if width < LEAST_WIDTH:
                return {}
            turn = float(np.arctan2(across[1], across[0]))
            matrix = square((left + right) / 2, width * AROUND, turn, SIDE)
            points = self._points(cut(pixels, matrix, SIDE), mirrored=name == "right")
            told[name] = placed(points[[PUPIL]], matrix)[0], _gap(points)
        return told

    def _points(self, seen: Pixels, *, mirrored: bool) -> npt.NDArray[np.float64]:
        """Return the points of an eye; the model knows left ones, and right ones in a mirror."""
        given = seen[:, ::-1] if mirrored else seen
        given = np.ascontiguousarray(given)[None].astype(np.float32) / 255
        points = self._model.run(given)["Identity"].reshape(-1, 3)[:, :2].astype(np.float64)
        if mirrored:
            points[:, 0] = SIDE - points[:, 0]
        return points


def _gap(points: npt.NDArray[np.float64]) -> float:
    height = np.linalg.norm(points[list(UPPER)].mean(axis=0) - points[list(LOWER)].mean(axis=0))
    width = np.linalg.norm(points[CORNERS[0]] - points[CORNERS[1]])
    return float(height / max(float(width), 1e-6))
