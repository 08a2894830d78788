"""Cuts squares out of pictures, turned and scaled; for the worker."""

import numpy as np
import numpy.typing as npt
from PIL import Image

Pixels = npt.NDArray[np.uint8]
"""(height, width, 3), RGB."""
Matrix = npt.NDArray[np.float64]
"""(2, 3): where a point of the square lies in the picture, both in pixels."""
Points = npt.NDArray[np.float64]
"""(points, 2 or more), x and y first."""
EDGE = 2
"""Pixels around a square that its own are mixed with, after they have been reduced."""


def square(centre: npt.NDArray[np.float64], side: float, turn: float, target: int) -> Matrix:
    """Return the matrix of a square of `side` pixels, turned by radians, as one of `target`."""
    scale = side / target
    cosine, sine = np.cos(turn) * scale, np.sin(turn) * scale
    turned = np.array(((cosine, -sine), (sine, cosine)))
    return np.column_stack((turned, centre - turned @ np.full(2, target / 2)))


def cut(pixels: Pixels, matrix: Matrix, target: int) -> Pixels:
    """Return a square of a picture; what lies outside of the picture is black."""
    # Points that are left out would make what is kept flicker.
    shrink = max(1, int(np.hypot(matrix[0, 0], matrix[1, 0])))
    part, corner = _around(pixels, matrix, target, shrink)
    image = Image.fromarray(part)
    if shrink > 1:
        image = image.reduce(shrink)
    matrix = np.column_stack((matrix[:, :2], matrix[:, 2] - corner)) / shrink
    flat: list[float] = matrix.reshape(-1).tolist()
    size = (target, target)
    transform = Image.Transform.AFFINE
    return np.asarray(image.transform(size, transform, flat, Image.Resampling.BILINEAR))


def _around(
    pixels: Pixels, matrix: Matrix, target: int, step: int
) -> tuple[Pixels, npt.NDArray[np.int64]]:
    """Return the part of a picture that a square needs, and its corner, a multiple of `step`.

    To hand Pillow a whole picture is to copy it.
    """
    ends = np.array([(x, y) for x in (0, target) for y in (0, target)], np.float64)
    reached = placed(ends, matrix) / step
    most = -(-np.array(pixels.shape[1::-1]) // step)
    low = np.clip(np.floor(reached.min(axis=0)) - EDGE, 0, most - 1).astype(np.int64) * step
    high = np.clip(np.ceil(reached.max(axis=0)) + EDGE, 1, most).astype(np.int64) * step
    high = np.maximum(high, low + step)
    return pixels[low[1] : high[1], low[0] : high[0]], low


def placed(points: Points, matrix: Matrix) -> Points:
    """Return where points of a square lie in the picture."""
    return points[:, :2] @ matrix[:, :2].T + matrix[:, 2]


def fitted(source: Points, target: Points) -> Matrix:
    """Return the turn, scale and shift that bring points nearest to others.

    Source: Umeyama, Least-squares estimation of transformation parameters, 1991
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    covariance = (target - target_mean).T @ centred / len(source)
    left, sizes, right = np.linalg.svd(covariance)
    signs = np.array((1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))))
    turn = left @ np.diag(signs) @ right
    scale = float((sizes * signs).sum() / centred.var(axis=0).sum())
    return np.column_stack((scale * turn, target_mean - scale * turn @ source_mean))
