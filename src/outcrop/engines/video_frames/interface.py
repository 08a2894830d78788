"""What everything promises that takes films apart."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

TOO_LONG = "too long"
"""The refusal of a film that has more frames than are wanted of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """What is known of a film."""

    codec: str
    """`h264`"""
    duration_ms: int
    frames_per_second: float
    width: int
    height: int
    color_range: str
    """`full`, `limited`, or empty if the file does not say."""


class VideoSplitter(Protocol):
    """Takes films apart.

    Errors are those of `outcrop.engines.workers.engine`; films are refused by `TOO_LONG` and the
    kinds of `outcrop.engines.media.ffmpeg`.
    """

    async def split(
        self, video: Path, folder: Path, *, every_ms: int, most_frames: int
    ) -> VideoInfo:
        """Write pictures of an MP4 or QuickTime file, and return what is known of it.

        Args:
            video: The file.
            folder: Where to write JPEG files whose names in their order are those of the pictures;
                it is there and empty.
            every_ms: From one picture to the next; the first is that of the film's beginning.
            most_frames: A film with more pictures is refused.
        """
        ...
