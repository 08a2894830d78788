"""What can be computed of a picture's pixels without a model: brightness, contrast, sharpness."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHARP_VARIANCE = 100.0
"""A picture whose Laplacian varies so much counts as sharp for 63 %. Our own scale.

Source: Pech-Pacheco and others, Diatom autofocusing in brightfield microscopy, 2000 (the measure)
"""
LUMA = np.array((0.299, 0.587, 0.114), np.float32)
"""Source: https://www.itu.int/rec/R-REC-BT.601"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureQuality:
    """Each from 0.0 to 1.0."""

    brightness: float
    """The mean of the luma; 1.0 is white."""
    contrast: float
    """Twice the standard deviation of the luma: 1.0 is half black, half white."""
    sharpness: float
    """How much the Laplacian of the luma varies; 0.0 is without any edge."""


def picture_quality(pixels: npt.NDArray[np.uint8]) -> PictureQuality:
    """Return the quality of a picture: uint8, (height, width, 3), at least one pixel."""
    luma = pixels.astype(np.float32) @ LUMA
    return PictureQuality(
        brightness=float(luma.mean() / 255),
        contrast=float(min(2 * luma.std() / 255, 1.0)),
        sharpness=float(1 - np.exp(-_laplacian_variance(luma) / SHARP_VARIANCE)),
    )


def _laplacian_variance(luma: npt.NDArray[np.float32]) -> float:
    if min(luma.shape) < 3:
        return 0.0
    centre = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    return float((around - 4 * centre).var())
