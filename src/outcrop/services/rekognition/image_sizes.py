"""How large an image is, by the header of its file, and whether AWS takes images of that size.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""

import struct

from outcrop.services.rekognition import shapes

LEAST_SIDE, LONGEST_SIDE = 80, 10_000
"""In pixels."""
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8"
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Of the segments of a JPEG file that tell its size.

Source: https://www.w3.org/Graphics/JPEG/itu-t81.pdf (table B.1)
"""
MOST_SEGMENTS = 1000
"""Looked at before the size is told; files have a few dozen."""


def check_size(image: bytes) -> None:
    """Refuse an image that is too small or too large; one whose size nobody can tell passes.

    Raises:
        InvalidParameterException: It is too small.
        ImageTooLargeException: It is too large.
    """
    size = size_of(image)
    if size is None:
        return
    width, height = size
    if max(size) > LONGEST_SIDE:
        raise shapes.ImageTooLargeException(
            f"Input image dimensions {width} x {height} exceed maximum dimension size of"
            f" {LONGEST_SIDE} pixels"
        )
    if min(size) < LEAST_SIDE:
        raise shapes.InvalidParameterException("Request has invalid parameters")


def size_of(image: bytes) -> tuple[int, int] | None:
    """Return the width and height that a PNG or JPEG file tells; `None`: it tells none."""
    try:
        if image.startswith(PNG):
            width, height = struct.unpack_from(">II", image, 16)
            return width, height
        return _size_of_jpeg(image) if image.startswith(JPEG) else None
    except (struct.error, IndexError):
        return None


def _size_of_jpeg(image: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(MOST_SEGMENTS):
        if image[at] != 0xFF:
            return None
        while image[at] == 0xFF:  # Any number of them may stand before a marker.
            at += 1
        marker = image[at]
        (length,) = struct.unpack_from(">H", image, at + 1)
        if marker in FRAME_MARKERS:
            height, width = struct.unpack_from(">HH", image, at + 4)
            return width, height
        at += 1 + length
    return None
