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


def square(centre: npt.NDArray[np.float64], side: float, turn: float, target: int) -> Matrix:
    """Return the matrix of a square of `side` pixels, turned by radians, as one of `target`."""
    scale = side / target
    cosine, sine = np.cos(turn) * scale, np.sin(turn) * scale
    turned = np.array(((cosine, -sine), (sine, cosine)))
    return np.column_stack((turned, centre - turned @ np.full(2, target / 2)))


def cut(pixels: Pixels, matrix: Matrix, target: int) -> Pixels:
    """Return a square of a picture; what lies outside of the picture is black."""
    image = Image.fromarray(pixels)
    shrink = int(np.hypot(matrix[0, 0], matrix[1, 0]))
    if shrink > 1:  # Points that are left out would make what is kept flicker.
        image = image.reduce(shrink)
        matrix = matrix / shrink
    flat: list[float] = matrix.reshape(-1).tolist()
    size = (target, target)
    transform = Image.Transform.AFFINE
    return np.asarray(image.transform(size, transform, flat, Image.Resampling.BILINEAR))


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
