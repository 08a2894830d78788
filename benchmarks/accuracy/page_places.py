"""Places on the pages that are drawn for measurements."""

from outcrop.engines.media.places import Box, share_of_union


def shared(found: Box, drawn: Box, size: tuple[int, int]) -> float:
    """Return what two boxes share, as a part of what they cover together.

    Args:
        found: As parts of the page.
        drawn: In pixels.
        size: Width and height of the page, in pixels.
    """
    wide, high = size
    left, top, right, bottom = found
    return share_of_union((left * wide, top * high, right * wide, bottom * high), drawn)
