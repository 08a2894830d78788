"""dlib's models of age and gender: how a face looks to them; for the worker.

Source: https://github.com/davisking/dlib-models (dnn_age_predictor_v1, dnn_gender_classifier_v1)
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.faces.crops import Pixels
from outcrop.engines.faces.mesh import Mesh
from outcrop.engines.faces.recognizer import aligned
from outcrop.engines.workers.onnx_sessions import OnnxModel

AGE_FILE, GENDER_FILE = "age-v1.onnx", "gender-v1.onnx"
AGE_SIDE, GENDER_SIDE = 64, 32
PADDING = 0.2
MEANS = np.array((122.782, 117.001, 104.298), np.float32)
"""Of red, green and blue, in training."""
AGES = np.array((0.25, *range(1, 81)), np.float32)
"""In years, of the classes: 0 to 80."""
MALE = 1
"""The place of men among the classes; women stand before them."""


class AgeAndGenderModel:
    """The loaded models."""

    def __init__(self, folder: Path) -> None:
        self._age = OnnxModel(folder / AGE_FILE)
        self._gender = OnnxModel(folder / GENDER_FILE)

    def look(self, pixels: Pixels, mesh: Mesh) -> tuple[float, float]:
        """Return the age that a face is likely to have, and how likely it is a man's."""
        ages = _asked(self._age, aligned(pixels, mesh, side=AGE_SIDE, padding=PADDING))
        genders = _asked(self._gender, aligned(pixels, mesh, side=GENDER_SIDE, padding=PADDING))
        return float(ages @ AGES), float(genders[MALE])


def _asked(model: OnnxModel, seen: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return the mean of what a model says of a face and of its mirror image: (classes,)."""
    given = (seen.astype(np.float32) - MEANS) / 256
    (told,) = model.run(np.ascontiguousarray(given.transpose(0, 3, 1, 2))).values()
    return told.mean(axis=0)
