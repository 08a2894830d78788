"""Places on the pages that are drawn for measurements."""

from outcrop.engines.media.places import Box


def shared(found: Box, drawn: Box, size: tuple[int, int]) -> float:
    """Return what two boxes share, as a part of what they cover together.

    Args:
        found: As parts of the page.
        drawn: In pixels.
        size: Width and height of the page, in pixels.
    """
    wide, high = size
    left, top, right, bottom = found
    one = (left * wide, top * high, right * wide, bottom * high)
    width = min(one[2], drawn[2]) - max(one[0], drawn[0])
    height = min(one[3], drawn[3]) - max(one[1], drawn[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(each[2] - each[0]) * (each[3] - each[1]) for each in (one, drawn)]
    return width * height / (sum(areas) - width * height)
