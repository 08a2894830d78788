"""Frames by FFmpeg, in a worker process that runs it.

Source: https://ffmpeg.org/ffmpeg-filters.html#fps-1
"""

from dataclasses import asdict
from pathlib import Path

from outcrop.engines.video_frames.interface import (
    AudioInfo,
    BlackLimits,
    Segment,
    Segmentation,
    SegmentKind,
    VideoInfo,
)
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.video_frames.ffmpeg_worker",
    libraries=("cv2", "imageio_ffmpeg", "numpy"),
    extra="vision",
)


class FfmpegVideoSplitter(EngineFront):
    """See `VideoSplitter`. The process starts with the first film."""

    program = PROGRAM

    async def split(
        self, video: Path, folder: Path, *, every_ms: int, most_frames: int
    ) -> VideoInfo:
        """See `VideoSplitter.split`."""
        asked = {
            "video": str(video),
            "folder": str(folder),
            "every_ms": every_ms,
            "most_frames": most_frames,
        }
        return VideoInfo(**(await self._engine.ask({"split": asked})).value)

    async def segment(
        self, video: Path, *, black: BlackLimits, find_credits: bool, most_seconds: float
    ) -> Segmentation:
        """See `VideoSplitter.segment`."""
        asked = {
            "video": str(video),
            "black": asdict(black),
            "find_credits": find_credits,
            "most_seconds": most_seconds,
        }
        told = (await self._engine.ask({"segment": asked})).value
        return Segmentation(
            info=VideoInfo(**told["info"]),
            audio=[AudioInfo(**each) for each in told["audio"]],
            segments=[
                Segment(kind=SegmentKind(each.pop("kind")), **each) for each in told["segments"]
            ],
        )
