"""What FFmpeg tells of a film before it reads it, and how long its sound is; for the worker."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from outcrop.engines.media import ffmpeg
from outcrop.engines.video_frames.interface import TOO_LONG, AudioInfo, VideoInfo
from outcrop.engines.workers import child

MOV, AVI = ffmpeg.DEMUXERS["mov"], "avi"
RIFF, AVI_MARK = b"RIFF", b"AVI "
"""What an AVI file begins with, the second behind four bytes.

Source: https://learn.microsoft.com/en-us/windows/win32/directshow/avi-riff-file-reference
"""
PROBE_SECONDS = 30.0
DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
STREAM = re.compile(r"Stream #\S+ Video: (?P<codec>\w+).*?(?P<size>\d{2,5}x\d{2,5})(?P<rest>.*)")
RATE = re.compile(r"([\d.]+) fps")
SOUND = re.compile(r"Stream #\S+ Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<layout>[^,]+)")
CHANNELS = {"mono": 1, "stereo": 2, "quad": 4}
"""Of layouts by name; others are as `5.1(side)` or `3 channels`."""
TIME = re.compile(rb"^out_time_us=(\d+)", re.MULTILINE)
NTSC = 1.001
"""Rates of 29.97 and the like are whole ones divided by it.

Source: https://www.itu.int/rec/R-REC-BT.1700
"""


def given(video: Path) -> Sequence[str]:
    """Return the arguments that name a film as FFmpeg's input."""
    return ("-protocol_whitelist", "file,pipe", "-f", _container(video), "-i", f"file:{video}")


def _container(video: Path) -> str:
    """Return FFmpeg's name of the format; what is no AVI file is read as MP4 and QuickTime."""
    with video.open("rb") as file:
        start = file.read(12)
    return AVI if start[:4] == RIFF and start[8:] == AVI_MARK else MOV


def probe(video: Path) -> tuple[VideoInfo, Sequence[AudioInfo]]:
    """Return what is known of a film and of its sound tracks.

    Raises:
        RefusedError: It is none.
    """
    command = [ffmpeg.executable(), "-hide_banner", "-nostdin", *given(video)]
    told = subprocess.run(  # noqa: S603 - a command of our own
        command,
        capture_output=True,
        check=False,  # Without an output it always fails.
        timeout=PROBE_SECONDS,
    ).stderr.decode(errors="replace")
    duration, stream = DURATION.search(told), STREAM.search(told)
    if duration is None or stream is None:
        raise child.RefusedError(
            ffmpeg.UNREADABLE, "It is no film in an MP4, QuickTime or AVI file."
        )
    hours, minutes, seconds = duration.groups()
    width, height = stream["size"].split("x")
    rate = RATE.search(stream["rest"])
    line = stream.group(0)
    info = VideoInfo(
        container=_container(video),
        codec=stream["codec"],
        duration_ms=round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000),
        frames_per_second=_exact(float(rate[1])) if rate else 0.0,
        width=int(width),
        height=int(height),
        color_range="full" if "(pc" in line else "limited" if "(tv" in line else "",
    )
    return info, [
        AudioInfo(
            codec=sound["codec"],
            duration_ms=_sound_ms(video, number),
            sample_rate=int(sound["rate"]),
            channels=_channels(sound["layout"]),
        )
        for number, sound in enumerate(SOUND.finditer(told))
    ]


def refuse_longer(info: VideoInfo, most_seconds: float) -> None:
    """Raise `RefusedError` if a film lasts too long."""
    if info.duration_ms > most_seconds * 1000:
        raise child.RefusedError(
            TOO_LONG,
            f"The film lasts {info.duration_ms // 1000} seconds; at most {most_seconds:g} are"
            " looked at.",
        )


def _exact(rate: float) -> float:
    """Return the rate that FFmpeg tells with two digits."""
    near = round(rate * NTSC) / NTSC
    return near if rate != round(rate) and abs(near - rate) < 0.01 else rate


def _channels(layout: str) -> int:
    if layout in CHANNELS:
        return CHANNELS[layout]
    numbers = re.findall(r"\d+", layout)  # 5.1 are six.
    return sum(map(int, numbers[:1] if "channel" in layout else numbers[:2]))


def _sound_ms(video: Path, number: int) -> int:
    """Return how long a sound track is, by its packets."""
    told = ffmpeg.run(
        [
            *given(video),
            *("-map", f"0:a:{number}", "-c", "copy", "-f", "null", "-progress", "pipe:1", "-"),
        ]
    )
    times = TIME.findall(told)
    return int(times[-1]) // 1000 if times else 0
