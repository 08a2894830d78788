"""What everything promises that takes films apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

TOO_LONG = "too long"
"""The refusal of a film that has more frames than are wanted of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoInfo:
    """What is known of a film."""

    container: str
    """`mov`, which MP4 files are, too, or `avi`."""
    codec: str
    """`h264`"""
    duration_ms: int
    frames_per_second: float
    width: int
    height: int
    color_range: str
    """`full`, `limited`, or empty if the file does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """What is known of one sound track of a film."""

    codec: str
    """`aac`"""
    duration_ms: int
    sample_rate: int
    """In Hz."""
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlackLimits:
    """When a frame counts as black."""

    most_luma: float = 0.2
    """Of a black pixel, from 0.0 for black to 1.0 for white."""
    least_share: float = 0.99
    """Of the pixels that are black."""


class SegmentKind(StrEnum):
    """What some frames in a row are."""

    SHOT = "shot"
    """What one camera has taken without a break."""
    BLACK = "black"
    COLOR_BARS = "color_bars"
    OPENING_CREDITS = "opening_credits"
    END_CREDITS = "end_credits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Some frames in a row, counted from 0 on."""

    kind: SegmentKind
    first: int
    last: int
    """The number of the last one."""
    score: float
    """From 0.0 to 1.0. Of a shot: how much the cuts at its ends stand out from what moves around
    them; of black frames and colour bars: the share of their pixels that are as they should; of
    credits: how well their writing is told from other things, and how much of it there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segmentation:
    """A film, taken apart into segments."""

    info: VideoInfo
    audio: Sequence[AudioInfo]
    segments: Sequence[Segment]
    """By kind, each kind by time."""


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

    async def segment(
        self, video: Path, *, black: BlackLimits, find_credits: bool, most_seconds: float
    ) -> Segmentation:
        """Return the shots, black frames, colour bars and credits of an MP4 or QuickTime file.

        Args:
            video: The file.
            black: See there.
            find_credits: Whether these are wanted; they take the most time.
            most_seconds: A film that lasts longer is refused.
        """
        ...
