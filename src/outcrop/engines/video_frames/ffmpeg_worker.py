"""The process that takes films apart. Run by `FfmpegVideoSplitter`."""

import re
import subprocess
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

from outcrop.engines.media import ffmpeg
from outcrop.engines.video_frames.interface import TOO_LONG
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

DEMUXER = ffmpeg.DEMUXERS["mp4"]
LONGEST_SIDE = 1280
"""Of a picture, in pixels; larger films are made smaller."""
PROBE_SECONDS = 30.0
DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
STREAM = re.compile(r"Stream #\S+ Video: (?P<codec>\w+).*?(?P<size>\d{2,5}x\d{2,5})(?P<rest>.*)")
RATE = re.compile(r"([\d.]+) fps")


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Make ready; nothing is loaded."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Write the pictures of a film and answer what is known of it."""
        asked = request.value
        video = Path(asked["video"])
        info = _probe(video)
        if info["duration_ms"] > asked["every_ms"] * asked["most_frames"]:
            raise child.RefusedError(
                TOO_LONG,
                f"The film lasts {info['duration_ms'] // 1000} seconds; at most"
                f" {asked['every_ms'] * asked['most_frames'] // 1000} are looked at.",
            )
        side = f"'min({LONGEST_SIDE},{{}})'"
        scale = (
            f"scale={side.format('iw')}:{side.format('ih')}:force_original_aspect_ratio=decrease"
        )
        ffmpeg.run(
            [
                *("-protocol_whitelist", "file,pipe", "-f", DEMUXER, "-i", f"file:{video}"),
                *("-map", "0:v:0", "-vf", f"fps=1000/{asked['every_ms']},{scale}", "-q:v", "3"),
                *("-frames:v", str(asked["most_frames"]), "-f", "image2"),
                str(Path(asked["folder"]) / "%06d.jpg"),
            ]
        )
        yield Frame(info)

    return child.Ready(handle=handle)


def _probe(video: Path) -> Mapping[str, Any]:
    """Return what FFmpeg says of a film before it reads it."""
    command = [ffmpeg.executable(), "-hide_banner", "-nostdin", "-protocol_whitelist", "file"]
    told = subprocess.run(  # noqa: S603 - a command of our own
        [*command, "-f", DEMUXER, "-i", f"file:{video}"],
        capture_output=True,
        check=False,  # Without an output it always fails.
        timeout=PROBE_SECONDS,
    ).stderr.decode(errors="replace")
    duration, stream = DURATION.search(told), STREAM.search(told)
    if duration is None or stream is None:
        raise child.RefusedError(ffmpeg.UNREADABLE, "It is no film in an MP4 or QuickTime file.")
    hours, minutes, seconds = duration.groups()
    width, height = stream["size"].split("x")
    rate = RATE.search(stream["rest"])
    line = stream.group(0)
    return {
        "codec": stream["codec"],
        "duration_ms": round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000),
        "frames_per_second": float(rate[1]) if rate else 0.0,
        "width": int(width),
        "height": int(height),
        "color_range": "full" if "(pc" in line else "limited" if "(tv" in line else "",
    }


if __name__ == "__main__":
    child.serve(start)
