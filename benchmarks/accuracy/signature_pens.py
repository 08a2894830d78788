"""Draws signatures and other handwriting as masks, for those who train and try their finder.

Signatures come from fonts that are bent, slanted and underlined, and from the sigma-lognormal model
of how a hand moves.

Source: https://doi.org/10.1016/j.patcog.2008.10.008 (O'Reilly and Plamondon, Development of a
Sigma-Lognormal representation for on-line signatures)
"""

import math
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Mask: TypeAlias = npt.NDArray[np.uint8]
"""uint8, (height, width): 0 to 255, how much ink there is."""
Points: TypeAlias = npt.NDArray[np.float64]
"""(points, 2): x and y."""

FIRST = (
    *("Anna", "John", "Marie", "Luc", "Elena", "Peter", "Sofia", "Hugo", "Clara", "Mark", "Inès"),
    *("William", "Jean-Paul", "Nadia", "Robert", "Céline", "Tom", "Victor", "Zoe", "Karim", "Eva"),
)
LAST = (
    *("Smith", "Durand", "Keller", "Moreau", "Johnson", "Lefebvre", "Novak", "Garcia", "Brown"),
    *("Petit", "Wagner", "Rossi", "Dubois", "Walker", "Fontaine", "Hill", "Marchand", "O'Neil"),
)
FINEST = 3
"""Strokes are drawn so many times larger, and made smaller."""


@cache
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return a font of a size in pixels."""
    return ImageFont.truetype(path, size)


def name(chance: random.Random) -> str:
    """Return the name of nobody in particular."""
    first, last = chance.choice(FIRST), chance.choice(LAST)
    return chance.choice((f"{first} {last}", f"{first} {last}", f"{first[0]}. {last}", last, first))


def trimmed(mask: Mask, room: int = 2) -> Mask:
    """Return a mask without what is empty around its ink."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return mask
    cut = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.pad(cut, room)


def resized(mask: Mask, height: int, widest: int) -> Mask:
    """Return a mask of a height, or of less where it would be too wide."""
    scale = min(height / mask.shape[0], widest / mask.shape[1])
    size = (max(4, round(mask.shape[1] * scale)), max(4, round(mask.shape[0] * scale)))
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)


def written(text: str, path: Path, size: int) -> Mask:
    """Return text as a font has it."""
    face = font(path, size)
    left, top, right, bottom = face.getbbox(text)
    room = size // 3
    image = Image.new("L", (round(right - left) + 2 * room, round(bottom - top) + 2 * room))
    ImageDraw.Draw(image).text((room - left, room - top), text, font=face, fill=255)
    return trimmed(np.asarray(image, np.uint8))


def by_font(chance: random.Random, fonts: Sequence[Path]) -> Mask:
    """Return a name as a font has it, bent, slanted and perhaps underlined."""
    mask = np.pad(written(name(chance), chance.choice(fonts), 90), 30)
    if chance.random() < 0.5:
        mask = squeezed(mask, chance)
    mask = bent(mask, chance)
    pen = chance.random()
    if pen < 0.3:
        mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
    if chance.random() < 0.45:
        mask = flourished(mask, chance)
    return trimmed(mask)


def squeezed(mask: Mask, chance: random.Random) -> Mask:
    """Return writing whose end runs out into a low line, as hurried hands have it."""
    height, width = mask.shape
    x = np.arange(width, dtype=np.float32)
    least = chance.uniform(0.3, 0.9)
    shrink = 1 - (1 - least) * np.clip(x / width, 0, 1) ** chance.uniform(0.6, 2)
    middle = height * chance.uniform(0.45, 0.65)
    rows = np.arange(height, dtype=np.float32)[:, None]
    map_y = (middle + (rows - middle) / shrink[None]).astype(np.float32)
    map_x = np.repeat(x[None], height, axis=0)
    return np.asarray(cv2.remap(mask, map_x, map_y, cv2.INTER_LINEAR), np.uint8)


def bent(mask: Mask, chance: random.Random) -> Mask:
    """Return a mask that is slanted, turned and waved."""
    mask = np.pad(mask, 40)
    height, width = mask.shape
    slant, turn = chance.uniform(-0.15, 0.6), math.radians(chance.gauss(3, 5))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    x0, y0 = width / 2, height / 2
    back_x = x0 + (x - x0) * math.cos(turn) - (y - y0) * math.sin(turn) + slant * (y - y0)
    back_y = y0 + (x - x0) * math.sin(turn) + (y - y0) * math.cos(turn)
    for _ in range(2):
        long, high = chance.uniform(60, 260), chance.uniform(0, 5)
        back_y += high * np.sin(x / long * 2 * math.pi + chance.uniform(0, 6))
        back_x += high * np.sin(y / long * 2 * math.pi + chance.uniform(0, 6))
    stretch = chance.uniform(0.75, 1.35)
    back_x = x0 + (back_x - x0) * stretch
    return np.asarray(
        cv2.remap(mask, back_x.astype(np.float32), back_y.astype(np.float32), cv2.INTER_LINEAR),
        np.uint8,
    )


def flourished(mask: Mask, chance: random.Random) -> Mask:
    """Return a mask with a stroke below or across it."""
    height, width = mask.shape
    mask = np.pad(mask, ((0, height // 3), (width // 8, width // 8)))
    height, width = mask.shape
    base = height * chance.uniform(0.5, 0.8)
    t = np.linspace(0, 1, 80)
    turns = chance.choice((0, 0, 1, 2))
    x = width * (0.05 + 0.9 * t) + turns * width * 0.12 * np.sin(t * turns * 6.28)
    y = base + height * chance.uniform(-0.2, 0.2) * (t - 0.5)
    y += height * chance.uniform(0.02, 0.14) * np.sin(t * math.pi * chance.uniform(1, 3 + turns))
    line = stroked(np.stack((x, y), axis=1), mask.shape, np.full(80, chance.uniform(1.5, 4)))
    return np.maximum(mask, line)


def stroked(points: Points, shape: Sequence[int], widths: npt.NDArray[np.float64]) -> Mask:
    """Return a line through points, as wide as is said at each."""
    large = np.zeros((shape[0] * FINEST, shape[1] * FINEST), np.uint8)
    at = np.round(points * FINEST).astype(int)
    for one, other, width in zip(at[:-1], at[1:], widths[:-1], strict=True):
        cv2.line(
            large,
            (int(one[0]), int(one[1])),
            (int(other[0]), int(other[1])),
            255,
            max(1, round(float(width) * FINEST)),
            cv2.LINE_AA,
        )
    return np.asarray(
        cv2.resize(large, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), np.uint8
    )


def by_movement(chance: random.Random) -> Mask:
    """Return a signature of nobody: strokes whose speeds are lognormal, one into the other."""
    pieces = chance.choice((1, 1, 2, 2, 3))
    lines: list[tuple[Points, npt.NDArray[np.float64]]] = []
    at = np.zeros(2)
    for piece in range(pieces):
        points, speed = _moved(chance, is_first=piece == 0)
        points = points + at
        lines.append((points, speed))
        at = np.array((points[:, 0].max() + chance.uniform(-25, 15), chance.uniform(-12, 12)))
    if chance.random() < 0.3:
        t = np.linspace(0, 1, 60)
        every = np.concatenate([points for points, _ in lines])
        low, high = every.min(axis=0), every.max(axis=0)
        x = low[0] + (high[0] - low[0]) * (chance.uniform(-0.1, 0.2) + t * chance.uniform(0.6, 1))
        y = high[1] - (high[1] - low[1]) * chance.uniform(-0.1, 0.5) + 8 * np.sin(t * 4)
        lines.append((np.stack((x, y), axis=1), np.ones(60)))
    every = np.concatenate([points for points, _ in lines])
    low, high = every.min(axis=0) - 6, every.max(axis=0) + 6
    width, height = np.ceil(high - low).astype(int).tolist()
    scale = min(1.0, 500 / width, 260 / height)
    shape = (max(8, round(height * scale)), max(8, round(width * scale)))
    pen, varies = chance.uniform(1.4, 3.6), chance.uniform(0, 0.6)
    mask = np.zeros(shape, np.uint8)
    for points, speed in lines:
        widths = pen * (1 - varies * speed / max(float(speed.max()), 1e-6))
        mask = np.maximum(mask, stroked((points - low) * scale, shape, widths))
    return trimmed(mask)


def _moved(chance: random.Random, *, is_first: bool) -> tuple[Points, npt.NDArray[np.float64]]:
    """Return where a hand goes without being lifted, and how fast."""
    count = chance.randint(7, 26)
    high, slant = chance.uniform(22, 60), chance.uniform(-0.1, 0.7)
    onward = chance.uniform(4, 17)
    t = np.arange(0, 0.09 * count + 1.2, 0.006)
    velocity = np.zeros((len(t), 2))
    start, is_up = 0.0, chance.random() < 0.5
    for number in range(count):
        is_capital = is_first and number < chance.choice((2, 3, 4))
        length = high * chance.lognormvariate(0, 0.35)
        if is_capital:
            length *= chance.uniform(1.6, 3.2)
        if chance.random() < 0.12:
            length *= chance.uniform(1.4, 2.4)
        way = (slant - math.pi / 2 if is_up else math.pi / 2 + slant) + chance.gauss(0, 0.3)
        curve = chance.gauss(1.4, 0.6) * (-1 if chance.random() < 0.85 else 1)
        sigma, mu = chance.uniform(0.15, 0.35), chance.gauss(-1.6, 0.12)
        after = np.maximum(t - start, 1e-6)
        logs = (np.log(after) - mu) / sigma
        speed = length / (sigma * math.sqrt(2 * math.pi) * after) * np.exp(-(logs**2) / 2)
        angle = way - curve / 2 + curve * (0.5 + 0.5 * np.tanh(0.8 * logs))
        velocity += np.stack((speed * np.cos(angle), speed * np.sin(angle)), axis=1)
        start += chance.uniform(0.05, 0.12)
        is_up = not is_up
    velocity[:, 0] += onward * 9 * (t < start + 0.2)
    points = np.cumsum(velocity, axis=0) * 0.006
    moves = np.hypot(velocity[:, 0], velocity[:, 1])
    seen = np.flatnonzero(moves > 1.0)
    keep = slice(int(seen[0]), int(seen[-1]) + 1)
    return points[keep] - points[keep][0], moves[keep]


def by_oscillation(chance: random.Random) -> Mask:
    """Return a signature of nobody: a hand that swings up and down while it moves on.

    Source: https://doi.org/10.1007/BF00336349 (Hollerbach, An oscillation theory of handwriting)
    """
    swings = chance.randint(4, 16)
    t = np.linspace(0, swings, swings * 24)
    knots = np.linspace(0, swings, swings + 1)

    def varied(least: float, most: float) -> npt.NDArray[np.float64]:
        return np.interp(t, knots, [chance.uniform(least, most) for _ in knots])

    fades = np.exp(-t / swings * chance.uniform(0, 1.8))
    high = varied(5, 26) * (0.3 + fades)
    high[:40] *= chance.uniform(1, 3)
    phase = varied(0.4, 2.4)
    x = np.cumsum(varied(0.4, 1.8)) + high * chance.uniform(0.3, 0.9) * np.cos(
        2 * math.pi * t + phase
    )
    y = high * np.sin(2 * math.pi * t) + varied(-8, 8)
    x -= chance.uniform(-0.1, 0.6) * y
    points = np.stack((x, y), axis=1)
    low = points.min(axis=0) - 6
    width, height = np.ceil(points.max(axis=0) + 6 - low).astype(int).tolist()
    pen = np.full(len(t), chance.uniform(1.4, 3.4)) * varied(0.6, 1.2)
    return trimmed(stroked(points - low, (height, width), pen))
