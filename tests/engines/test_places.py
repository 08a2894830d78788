"""What boxes share."""

import numpy as np
import pytest

from outcrop.engines.media.places import Box, share_of_smaller, share_of_union


@pytest.mark.parametrize(
    ("other", "of_smaller", "of_union"),
    [
        ((0, 0, 4, 2), 1.0, 1.0),
        ((2, 0, 6, 2), 1 / 2, 1 / 3),
        ((1, 0, 3, 1), 1.0, 1 / 4),
        ((3, 1, 5, 5), 1 / 8, 1 / 15),
        ((4, 0, 8, 2), 0.0, 0.0),
        ((6, 4, 9, 9), 0.0, 0.0),
        ((2, 1, 2, 1), 0.0, 0.0),
    ],
)
def test_what_two_boxes_share_is_a_part_of_one_or_of_both(
    other: Box, of_smaller: float, of_union: float
):
    one = (0, 0, 4, 2)
    arrays = np.array(one, np.float32), np.array(other, np.float32)

    for pair in ((one, other), (other, one), arrays):
        assert share_of_smaller(*pair) == pytest.approx(of_smaller)
        assert share_of_union(*pair) == pytest.approx(of_union)
