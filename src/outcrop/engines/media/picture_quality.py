"""What can be computed of a picture's pixels without a model: brightness, contrast, sharpness."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHARP_VARIANCE = 100.0
"""A picture whose Laplacian varies so much counts as sharp for 63 %. Our own scale.

Source: Pech-Pacheco and others, Diatom autofocusing in brightfield microscopy, 2000 (the measure)
"""
BAND_ROWS = 256
"""That are computed at once: in floating point a large picture takes much memory."""
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
    lightness, edges = _Moments(), _Moments()
    for top in range(0, len(pixels), BAND_ROWS):
        above = min(top, 1)  # A row around: edges are between rows.
        luma = pixels[top - above : top + BAND_ROWS + 1].astype(np.float32) @ LUMA
        lightness.add(luma[above : above + BAND_ROWS])
        if min(luma.shape) >= 3:
            edges.add(_laplacian(luma))
    return PictureQuality(
        brightness=lightness.mean / 255,
        contrast=min(2 * lightness.variance**0.5 / 255, 1.0),
        sharpness=1 - math.exp(-edges.variance / SHARP_VARIANCE),
    )


@dataclass(slots=True)
class _Moments:
    """Mean and variance of numbers that come in parts; 0.0 of none."""

    origin: float | None = None
    """The first one, from which the others are counted: equal ones do not vary at all."""
    count: int = 0
    total: float = 0.0
    squares: float = 0.0

    def add(self, values: npt.NDArray[np.float32]) -> None:
        if self.origin is None:
            self.origin = float(values.flat[0])
        beyond = values.astype(np.float64) - self.origin
        self.count += beyond.size
        self.total += float(beyond.sum())
        self.squares += float(np.square(beyond).sum())

    @property
    def mean(self) -> float:
        return (self.origin or 0.0) + self.total / max(self.count, 1)

    @property
    def variance(self) -> float:
        count = max(self.count, 1)
        return max(self.squares / count - (self.total / count) ** 2, 0.0)


def _laplacian(luma: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    centre = luma[1:-1, 1:-1]
    around = luma[:-2, 1:-1] + luma[2:, 1:-1] + luma[1:-1, :-2] + luma[1:-1, 2:]
    return around - 4 * centre
