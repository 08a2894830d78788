"""Which format a media file is of, by how it begins.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html and the formats' own
descriptions.
"""

HEAD_BYTES = 64
"""As much of a file as is looked at."""
FAMILIES = {"m4a": "mp4"}
"""Formats that are one and the same container."""


def format_of(head: bytes) -> str | None:
    """Return the format of a file as `MediaFormat` names it, or `None` if it is another."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp":
        return "m4a" if head[8:12] in (b"M4A ", b"M4B ") else "mp4"
    starts = {
        b"fLaC": "flac",
        b"OggS": "ogg",
        b"#!AMR": "amr",
        b"\x1a\x45\xdf\xa3": "webm",
        b"ID3": "mp3",
    }
    for start, name in starts.items():
        if head.startswith(start):
            return name
    is_mpeg_layer_3 = head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE6 == 0xE2
    return "mp3" if is_mpeg_layer_3 else None


def is_same(one: str, other: str) -> bool:
    """Tell whether two names mean one container."""
    return FAMILIES.get(one, one) == FAMILIES.get(other, other)
