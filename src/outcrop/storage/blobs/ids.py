"""Ids of blobs: a letter that says how the blob is kept, when it was written, and chance."""

import re
import secrets
from datetime import datetime

from outcrop.storage.clock import to_microseconds

_TIME_DIGITS = 14  # of 4 bits each: microseconds until the year 4253
_CHANCE_BYTES = 10
_ID = re.compile(rf"[a-z][0-9a-f]{{{_TIME_DIGITS + 2 * _CHANCE_BYTES}}}")


def new_id(kind: str, now: datetime) -> str:
    """Return an id that nothing else has.

    Args:
        kind: One lower-case letter.
        now: When the blob is written; ids sort by it.
    """
    return f"{kind}{to_microseconds(now):0{_TIME_DIGITS}x}{secrets.token_hex(_CHANCE_BYTES)}"


def is_id(text: str) -> bool:
    """Tell whether `new_id` may have given this: nothing else becomes part of a path."""
    return _ID.fullmatch(text) is not None


def is_older(blob_id: str, moment: datetime | None) -> bool:
    """Tell whether the blob was written before a moment; before `None` all were."""
    return moment is None or int(blob_id[1 : 1 + _TIME_DIGITS], 16) < to_microseconds(moment)
