"""Ranges of bytes, as the header asks for them.

Source: https://www.rfc-editor.org/rfc/rfc9110#name-range
"""

import re

from outcrop.services.s3.errors import InvalidRangeError

RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the first byte and the one beyond the last that a header asks for.

    `None` stands for the whole object: that is what S3 gives for a header that it cannot read, and
    for more than one range.

    Raises:
        InvalidRangeError: No byte of the object is within.
    """
    found = RANGE.fullmatch(header.strip()) if header is not None else None
    if header is None or found is None or found[0] == "bytes=-":
        return None
    first, last = found[1], found[2]
    if not first:
        start, stop = max(size - int(last), 0), size
    else:
        if last and int(last) < int(first):
            return None
        start, stop = int(first), min(int(last) + 1, size) if last else size
    if start >= stop:
        raise InvalidRangeError(header, size)
    return start, stop


def content_range(start: int, stop: int, size: int) -> str:
    """Return the header that says which bytes an answer holds."""
    return f"bytes {start}-{stop - 1}/{size}"
