"""The process that takes films apart. Run by `FfmpegVideoSplitter`."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from outcrop.engines.media import ffmpeg
from outcrop.engines.video_frames.interface import BlackLimits
from outcrop.engines.video_frames.probing import given, probe, refuse_longer
from outcrop.engines.video_frames.segments import segments_of
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

LONGEST_SIDE = 1280
"""Of a picture, in pixels; larger films are made smaller."""


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Make ready; nothing is loaded."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Write the pictures of a film, or find its segments."""
        ((wish, asked),) = request.value.items()
        yield Frame(_split(asked) if wish == "split" else _segment(asked))

    return child.Ready(handle=handle)


def _split(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the pictures of a film and return what is known of it."""
    video = Path(asked["video"])
    info, _ = probe(video)
    refuse_longer(info, asked["every_ms"] * asked["most_frames"] / 1000)
    side = f"'min({LONGEST_SIDE},{{}})'"
    scale = f"scale={side.format('iw')}:{side.format('ih')}:force_original_aspect_ratio=decrease"
    ffmpeg.run(
        [
            *(*given(video), "-map", "0:v:0"),
            *("-vf", f"fps=1000/{asked['every_ms']},{scale}", "-q:v", "3"),
            *("-frames:v", str(asked["most_frames"]), "-f", "image2"),
            str(Path(asked["folder"]) / "%06d.jpg"),
        ]
    )
    return asdict(info)


def _segment(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is known of a film and its segments."""
    video = Path(asked["video"])
    info, audio = probe(video)
    refuse_longer(info, asked["most_seconds"])
    black = BlackLimits(**asked["black"])
    segments = segments_of(video, info, black, find_credits=asked["find_credits"])
    return {
        "info": asdict(info),
        "audio": [asdict(each) for each in audio],
        "segments": [asdict(each) for each in segments],
    }


if __name__ == "__main__":
    child.serve(start)
