"""Films with credits, and with other writing, that tests and benchmarks draw frame by frame."""

import functools
import io
import random
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import imageio_ffmpeg
import reportlab
from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests.photographs import photograph

FONTS = Path(reportlab.__file__).parent / "fonts"
RATE = 12
"""Frames a second."""
Color: TypeAlias = tuple[int, int, int]
Frames: TypeAlias = Iterator[Image.Image]
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


@dataclass(frozen=True, kw_only=True)
class Style:
    """How writing looks."""

    face: str = "Vera.ttf"
    """A file of `FONTS`."""
    height: float = 0.05
    """Of a line, as a part of the picture's height."""
    color: Color = WHITE
    ground: Color | Image.Image = BLACK

    def font(self, size: tuple[int, int]) -> ImageFont.FreeTypeFont:
        """Return the font for pictures of a size."""
        return ImageFont.truetype(FONTS / self.face, self.height * size[1])

    def empty(self, size: tuple[int, int]) -> Image.Image:
        """Return a picture without writing."""
        if isinstance(self.ground, Image.Image):
            return self.ground.resize(size)
        return Image.new("RGB", size, self.ground)


def film(parts: Iterable[Frames], *, rate: int = RATE, quality: int = 23) -> bytes:
    """Return an MP4 file with the frames of all parts, of one size."""
    frames = (frame for part in parts for frame in part)
    first = next(frames)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "film.mp4"
        command = [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{first.width}x{first.height}"),
            *("-r", str(rate), "-i", "pipe:0", "-preset", "veryfast", "-crf", str(quality)),
            *("-pix_fmt", "yuv420p", str(target)),
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
            assert process.stdin is not None
            for frame in (first, *frames):
                process.stdin.write(frame.tobytes())
            process.stdin.close()
        assert process.returncode == 0
        return target.read_bytes()


def scene(name: str, size: tuple[int, int], seconds: float, *, zoom: float = 0.3) -> Frames:
    """Give a photograph over which a camera moves."""
    photo = picture(name)
    count = round(seconds * RATE)
    for number in range(count):
        share = 1 - zoom * number / max(count, 1) - 0.05
        width = share * min(photo.width, photo.height * size[0] / size[1])
        height = width * size[1] / size[0]
        left, top = (photo.width - width) / 2, (photo.height - height) / 2
        yield photo.resize(size, box=(left, top, left + width, top + height))


@functools.cache
def picture(name: str) -> Image.Image:
    """Return a photograph."""
    return Image.open(io.BytesIO(photograph(name))).convert("RGB")


def scroll(
    lines: Sequence[str | tuple[str, str]], size: tuple[int, int], seconds: float, style: Style
) -> Frames:
    """Give lines that rise through the whole picture; pairs are columns."""
    font, step = style.font(size), style.height * size[1] * 1.5
    height = size[1] + step * len(lines)
    count = round(seconds * RATE)
    for number in range(count):
        frame = style.empty(size)
        pen = ImageDraw.Draw(frame)
        # It begins with the first line in sight and ends with the last one.
        top = size[1] - step - number * (height - step) / max(count - 1, 1)
        for row, line in enumerate(lines):
            y = top + row * step
            if -step < y < size[1]:
                _write(pen, line, size[0], y, font, style.color)
        yield frame


def card(
    lines: Sequence[str],
    size: tuple[int, int],
    seconds: float,
    style: Style,
    *,
    fade: float = 0.0,
    place: tuple[float, float] = (0.5, 0.5),
) -> Frames:
    """Give lines that stand still, with seconds of fading in and of fading out.

    Args:
        lines: From top to bottom.
        size: Of the picture.
        seconds: In all.
        style: See there.
        fade: Seconds, each.
        place: The middle of the lines, relative to the picture.
    """
    empty = style.empty(size)
    shown = empty.copy()
    _write_block(shown, lines, style, place)
    count = round(seconds * RATE)
    for number in range(count):
        edge = min(number, count - 1 - number) / RATE
        yield shown if edge >= fade else Image.blend(empty, shown, (edge + 1 / RATE) / (fade + 0.1))


def blank(size: tuple[int, int], seconds: float, color: Color = BLACK) -> Frames:
    """Give frames of one colour."""
    for _ in range(round(seconds * RATE)):
        yield Image.new("RGB", size, color)


def written_on(
    frames: Frames, texts: Sequence[Sequence[str]], style: Style, *, place: tuple[float, float]
) -> Frames:
    """Give frames with one text after the other on them, each as long, with a dark edge."""
    shown = list(frames)
    each = max(1, -(-len(shown) // len(texts)))
    for number, frame in enumerate(shown):
        copy = frame.copy()
        _write_block(copy, texts[number // each], style, place, edge=1)
        yield copy


def ticker(frames: Frames, text: str, style: Style) -> Frames:
    """Give frames with a bar at their bottom through which news run."""
    for number, frame in enumerate(frames):
        copy = frame.copy()
        width, height = copy.size
        pen = ImageDraw.Draw(copy)
        top = height * 0.88
        pen.rectangle((0, top, width, height), fill=(20, 30, 90))
        at = width * 0.6 - number * width * 0.02
        pen.text((at, top + height * 0.02), text, style.color, style.font(copy.size))
        yield copy


def lights(size: tuple[int, int], seconds: float, *, seed: int, drift: float = 2.0) -> Frames:
    """Give bright points of many sizes on black, as stars or a town at night, that drift."""
    chance = random.Random(seed)
    points = [
        (chance.random() * size[0], chance.random() * size[1], 2 + 6 * chance.random() ** 3)
        for _ in range(160)
    ]
    frame = Image.new("RGB", size)
    pen = ImageDraw.Draw(frame)
    for x, y, wide in points:
        level = chance.randint(120, 255)
        pen.ellipse((x, y, x + wide, y + wide), fill=(level, level, chance.randint(100, 255)))
    for number in range(round(seconds * RATE)):
        yield ImageChops.offset(frame, round(number * drift), 0)


def _write(
    pen: ImageDraw.ImageDraw,
    line: str | tuple[str, str],
    width: int,
    y: float,
    font: ImageFont.FreeTypeFont,
    color: Color,
) -> None:
    if isinstance(line, str):
        pen.text(((width - font.getlength(line)) / 2, y), line, color, font)
    else:
        left, right = line
        pen.text((width * 0.48 - font.getlength(left), y), left, color, font)
        pen.text((width * 0.52, y), right, color, font)


def _write_block(
    frame: Image.Image,
    lines: Sequence[str],
    style: Style,
    place: tuple[float, float],
    *,
    edge: int = 0,
) -> None:
    pen, font = ImageDraw.Draw(frame), style.font(frame.size)
    step = style.height * frame.height * 1.4
    top = place[1] * frame.height - step * len(lines) / 2
    for row, line in enumerate(lines):
        x = place[0] * frame.width - font.getlength(line) / 2
        at = (x, top + row * step)
        pen.text(at, line, style.color, font, stroke_width=edge, stroke_fill=BLACK)
