"""MediaPipe's face mesh: 468 points of a face in space, and what follows of them; for the worker.

Source: https://github.com/google-ai-edge/mediapipe/blob/master/mediapipe/modules/face_geometry/
data/canonical_face_model_uv_visualization.png (the numbers of the points)
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.faces.crops import Pixels, Points, cut, placed, square
from outcrop.engines.faces.detector import Box, Candidate
from outcrop.engines.workers.onnx_sessions import OnnxModel
from outcrop.weights.onnx_file import onnx_bytes
from outcrop.weights.tfjs_graph import graph_of

SIDE = 192
POINTS = 468
AROUND = 1.5
"""How much larger the square is that is looked at than the face in it."""
LEAST_SCORE = 0.5
LANDMARKS = {
    "eye_left": (33, 133),
    "eye_right": (362, 263),
    "nose": (1,),
    "mouth_left": (61,),
    "mouth_right": (291,),
    "left_eye_brow_left": (70,),
    "left_eye_brow_up": (105,),
    "left_eye_brow_right": (107,),
    "right_eye_brow_left": (336,),
    "right_eye_brow_up": (334,),
    "right_eye_brow_right": (300,),
    "left_eye_left": (33,),
    "left_eye_right": (133,),
    "left_eye_up": (159,),
    "left_eye_down": (145,),
    "right_eye_left": (362,),
    "right_eye_right": (263,),
    "right_eye_up": (386,),
    "right_eye_down": (374,),
    "nose_left": (98,),
    "nose_right": (327,),
    "mouth_up": (0,),
    "mouth_down": (17,),
    "upper_jawline_left": (234,),
    "mid_jawline_left": (172,),
    "chin_bottom": (152,),
    "mid_jawline_right": (397,),
    "upper_jawline_right": (454,),
}
"""The points whose mean is each landmark; sides are those of the picture."""
CHEEKS, FOREHEAD_AND_CHIN, LIPS, MOUTH = (234, 454), (10, 152), (13, 14), (78, 308)


@dataclass(frozen=True, slots=True)
class Mesh:
    """One face."""

    points: npt.NDArray[np.float64]
    """(468, 3), in pixels of the picture; depth grows away from the viewer."""
    score: float

    @property
    def box(self) -> Box:
        """The least that holds all points."""
        flat = self.points[:, :2]
        return np.concatenate((flat.min(axis=0), flat.max(axis=0)))

    def landmark(self, name: str) -> npt.NDArray[np.float64]:
        """Return where a landmark is, in pixels."""
        return self.points[list(LANDMARKS[name]), :2].mean(axis=0)

    def pose(self) -> tuple[float, float, float]:
        """Return roll, yaw and pitch in degrees; see `interface.Pose`."""
        across = _direction(*self.points[list(CHEEKS)])
        down = _direction(*self.points[list(FOREHEAD_AND_CHIN)])
        ahead = np.cross(across, down)
        roll = np.arctan2(across[1], across[0])
        yaw = np.arctan2(-ahead[0], ahead[2])
        pitch = np.arctan2(ahead[1], np.hypot(ahead[0], ahead[2]))
        return float(np.degrees(roll)), float(np.degrees(yaw)), float(np.degrees(pitch))

    def lips_apart(self) -> float:
        """Return the gap between the lips as a part of the mouth's width."""
        gap, width = (
            np.linalg.norm(np.diff(self.points[list(two)], axis=0)) for two in (LIPS, MOUTH)
        )
        return float(gap / width) if width > 0 else 0.0


class MeshModel:
    """The loaded model."""

    def __init__(self, path: Path) -> None:
        self._model = OnnxModel(onnx_bytes(graph_of(path), {}))

    def fit(self, pixels: Pixels, candidate: Candidate) -> Mesh:
        """Return the mesh of what may be a face; its score tells whether it is one."""
        first = self._look(pixels, candidate.box, candidate.eyes)
        # A second look, at the square that the first mesh fills, sees the face as in training.
        eyes = np.stack((first.landmark("eye_left"), first.landmark("eye_right")))
        second = self._look(pixels, first.box, eyes)
        return max(second, first, key=lambda mesh: mesh.score)

    def _look(self, pixels: Pixels, box: Box, eyes: Points) -> Mesh:
        across = eyes[1] - eyes[0]
        side = max(float((box[2:] - box[:2]).max()) * AROUND, 1.0)
        centre = (box[:2] + box[2:]) / 2
        matrix = square(centre, side, float(np.arctan2(across[1], across[0])), SIDE)
        seen = cut(pixels, matrix, SIDE).astype(np.float32) / 255
        told = self._model.run(seen[None])
        points = told["Identity_2"].reshape(POINTS, 3).astype(np.float64)
        depth = points[:, 2:] * (side / SIDE)
        flat = placed(points, matrix)
        return Mesh(np.concatenate((flat, depth), axis=1), float(told["Identity_1"].reshape(-1)[0]))


def _direction(
    start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    across = end - start
    return across / max(float(np.linalg.norm(across)), 1e-9)
