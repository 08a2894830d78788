"""What FFmpeg says when it fails."""

import re

SPEAKER = re.compile(r"^(\[[^\]]* @ 0x[0-9a-f]+\] )+")
"""The part of FFmpeg that speaks, and where it is in memory."""


def complaint(errors: bytes) -> str:
    """Return why FFmpeg failed: the last line that it wrote, without who says it."""
    last = errors.decode(errors="replace").strip().rpartition("\n")[2]
    return f"FFmpeg cannot read it: {SPEAKER.sub('', last)}"
