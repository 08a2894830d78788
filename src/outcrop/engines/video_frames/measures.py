"""What the frames of a film are like, by their pixels; for the worker.

Of each frame, some pixels are looked at, one of each cell of a grid; of a frame every half second,
a larger picture.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.media import ffmpeg
from outcrop.engines.video_frames.color_bars import bar_share
from outcrop.engines.video_frames.credits import EVERY_SECONDS, Looks
from outcrop.engines.video_frames.interface import BlackLimits, VideoInfo
from outcrop.engines.video_frames.probing import given
from outcrop.engines.video_frames.writing import Writing, writing_of

WIDTH, HEIGHT = 160, 90
"""Of the grid."""
CELL = 10
"""Pixels of the grid, each way, whose mean is compared from frame to frame."""
AT_ONCE = 64
"""Frames."""
LUMA = np.array((0.2126, 0.7152, 0.0722), np.float32)
"""Source: https://www.itu.int/rec/R-REC-BT.709"""
WRITING_SIDE = 640
"""The longer side of the pictures in which writing is looked for, in pixels."""
LIMITS = ffmpeg.FfmpegLimits(seconds=7200.0)

Numbers = npt.NDArray[np.float32]
"""(frames,)."""
Cells = npt.NDArray[np.uint8]
"""(frames, cells x 3)."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What the frames of a film are like."""

    cells: Cells
    black: Numbers
    """The share of black pixels, from 0.0 to 1.0."""
    bars: Numbers
    """The share of pixels that are as in colour bars."""
    looks: Looks
    """At what is written; none if nobody wants credits."""


def measure(video: Path, info: VideoInfo, limits: BlackLimits, *, find_credits: bool) -> Measures:
    """Return what the frames of a film are like.

    Raises:
        RefusedError: It cannot be read.
    """
    cells: list[Cells] = []
    black: list[Numbers] = []
    bars: list[Numbers] = []
    writing: list[Writing] = []
    step = round(info.frames_per_second * EVERY_SECONDS) if find_credits else 0
    with tempfile.TemporaryDirectory(prefix="outcrop-frames-") as folder:
        for pixels in _pixels(video, info, Path(folder), step):
            rows, columns = HEIGHT // CELL, WIDTH // CELL
            grid = pixels.reshape(-1, rows, CELL, columns, CELL, 3)
            cells.append(
                grid.mean(axis=(2, 4), dtype=np.float32).astype(np.uint8).reshape(len(grid), -1)
            )
            luma = pixels @ LUMA
            black.append((luma <= limits.most_luma * 255).mean(axis=(1, 2), dtype=np.float32))
            bars.append(bar_share(pixels))
            writing += _written(Path(folder), is_done=False)
        writing += _written(Path(folder), is_done=True)
    looks = Looks(step=step, writing=writing)
    if not cells:
        none = np.zeros(0, np.float32)
        return Measures(np.zeros((0, 0), np.uint8), none, none, looks)
    return Measures(np.concatenate(cells), np.concatenate(black), np.concatenate(bars), looks)


def _written(folder: Path, *, is_done: bool) -> list[Writing]:
    """Return what is written on the pictures that are there, and delete them."""
    paths = sorted(folder.iterdir())
    told: list[Writing] = []
    for path in paths if is_done else paths[:-1]:  # The last one may not be whole.
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        told.append(writing_of(np.asarray(picture, np.uint8)))
        path.unlink()
    return told


def _pixels(
    video: Path, info: VideoInfo, folder: Path, step: int
) -> Iterator[npt.NDArray[np.uint8]]:
    """Give the frames of a film: (frames, HEIGHT, WIDTH, 3), RGB.

    Besides, write a larger picture of one frame of so many, if `step` is not 0.
    """
    # At an even rate, so that a frame's number tells its time; each pixel is one of the film's.
    even = f"fps={info.frames_per_second:.6f}" if info.frames_per_second else "null"
    side = WRITING_SIDE
    size = WIDTH * HEIGHT * 3
    large = (
        f"[b]select='not(mod(n,{step}))',scale=w='min(iw,{side})':h='min(ih,{side})'"
        ":force_original_aspect_ratio=decrease:flags=area,format=gray[large]"
    )
    arguments = [
        *given(video),
        "-filter_complex",
        f"[0:v:0]{even},split[a][b];[a]scale={WIDTH}:{HEIGHT}:flags=neighbor,format=rgb24[small];"
        + (large if step else "[b]nullsink"),
        *("-map", "[small]", "-f", "rawvideo", "pipe:1"),
    ]
    if step:
        arguments += ["-map", "[large]", "-fps_mode", "passthrough", "-f", "image2"]
        arguments += ["-codec:v", "pgm", str(folder / "%06d.pgm")]
    for piece in ffmpeg.pieces(arguments, AT_ONCE * size, limits=LIMITS):
        whole = len(piece) // size * size
        yield np.frombuffer(piece[:whole], np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
