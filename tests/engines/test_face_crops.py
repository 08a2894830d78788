"""Squares that are cut out of pictures are the same as if whole pictures were looked at."""

import numpy as np
import pytest
from PIL import Image

from outcrop.engines.faces.crops import Matrix, Pixels, cut, square


def of_the_whole(pixels: Pixels, matrix: Matrix, target: int) -> Pixels:
    image = Image.fromarray(pixels)
    shrink = int(np.hypot(matrix[0, 0], matrix[1, 0]))
    if shrink > 1:
        image, matrix = image.reduce(shrink), matrix / shrink
    flat: list[float] = matrix.reshape(-1).tolist()
    size, bilinear = (target, target), Image.Resampling.BILINEAR
    return np.asarray(image.transform(size, Image.Transform.AFFINE, flat, bilinear))


@pytest.mark.parametrize("side", [5.0, 40.0, 170.0, 600.0])
@pytest.mark.parametrize("centre", [(90.0, 70.5), (-20.0, 310.0), (399.0, 0.0), (900.0, 900.0)])
@pytest.mark.parametrize("turn", [0.0, 0.4, -2.5])
def test_only_the_part_around_a_square_is_looked_at(
    side: float, centre: tuple[float, float], turn: float
):
    pixels = np.random.default_rng(0).integers(0, 255, (301, 403, 3)).astype(np.uint8)
    matrix = square(np.array(centre), side, turn, 64)

    assert np.array_equal(cut(pixels, matrix, 64), of_the_whole(pixels, matrix, 64))
