"""How many checkboxes are found, and told to be ticked or not, on pages drawn for it.

    python -m benchmarks.accuracy.checkboxes [--pages N]

Words of English and French and boxes of many sizes, empty, crossed, ticked beyond the edge, dotted
or filled, in three faces of one sans-serif family; half the pages have a table of square cells.
Noisy pages are turned by up to a degree, blurred, grey, noisy and stored as JPEG of quality 55.
The finder gets the words as they were drawn, not as a reader read them.
"""

import argparse
import asyncio
import io
import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from benchmarks.accuracy.page_places import shared
from outcrop.engines.document_marks.interface import CheckBox
from outcrop.engines.document_marks.opencv import OpenCvMarkFinder
from outcrop.engines.media.places import Box, Polygon, rectangle
from outcrop.settings import load
from outcrop.weights import WeightStore

FONTS = Path(reportlab.__file__).parent / "fonts"
FACES = ("Vera.ttf", "VeraBd.ttf", "VeraIt.ttf")
TEXTS = (
    *("Yes", "No", "Male", "Female", "Married", "I agree", "OBOE", "DEBBIE 80", "HELLO", "BOB"),
    *("Oui", "Non", "Célibataire", "Marié(e)", "Livraison", "Délégué", "B", "D", "O", "8", "0"),
)
MARKS = ("", "", "cross", "tick", "dot", "filled")
WIDTH, HEIGHT, MARGIN = 1240, 1754, 80
NOISE = 14.0
"""The deviation of the noise, of 255."""
SAME = 0.5
"""Of two boxes' area, that they share at least."""


@dataclass(frozen=True, slots=True)
class Written:
    """A word that was drawn."""

    text: str
    polygon: Polygon
    score: float = 1.0


@dataclass(slots=True)
class Drawn:
    """A page, and what is on it."""

    image: Image.Image
    boxes: list[tuple[Box, str]] = field(default_factory=list[tuple[Box, str]])
    """In pixels, with their marks."""
    words: list[Written] = field(default_factory=list[Written])


def draw(seed: int) -> Drawn:
    """Return a page."""
    chance = random.Random(seed)
    page = Drawn(Image.new("L", (WIDTH, HEIGHT), 255))
    pen = ImageDraw.Draw(page.image)
    size = chance.choice((20, 24, 28, 34))
    font = ImageFont.truetype(FONTS / chance.choice(FACES), size)
    y = float(MARGIN)
    while y < HEIGHT - 2 * MARGIN:
        x = float(MARGIN)
        while x < WIDTH - 3 * MARGIN:
            if chance.random() < 0.5:
                x = draw_box(page, pen, (x, y + chance.randint(-4, 4)), size, chance) + 10
            text = chance.choice(TEXTS)
            pen.text((x, y), text, font=font, fill=0)
            for word in text.split():
                left, top, right, bottom = pen.textbbox(
                    (x + font.getlength(text[: text.index(word)]), y), word, font=font
                )
                place = (left / WIDTH, top / HEIGHT, right / WIDTH, bottom / HEIGHT)
                page.words.append(Written(word, rectangle(place)))
            x += font.getlength(text) + chance.choice((20, 60, 120))
        y += size * chance.uniform(2, 3)
    if chance.random() < 0.5:
        for cell in range(15):
            left, top = 900 + 50 * (cell % 5), 1620 + 40 * (cell // 5)
            pen.rectangle((left, top, left + 50, top + 40), outline=0, width=2)
    return page


def draw_box(
    page: Drawn,
    pen: ImageDraw.ImageDraw,
    corner: tuple[float, float],
    size: int,
    chance: random.Random,
) -> float:
    """Draw a checkbox and return where it ends."""
    (x, y), side = corner, int(size * chance.uniform(0.8, 1.6))
    pen.rectangle((x, y, x + side, y + side), outline=0, width=chance.choice((1, 2, 2, 3)))
    mark, wide = chance.choice(MARKS), chance.choice((2, 3, 4))
    near, far = 0.2 * side, 0.8 * side
    match mark:
        case "cross":
            pen.line((x + near, y + near, x + far, y + far), fill=0, width=wide)
            pen.line((x + far, y + near, x + near, y + far), fill=0, width=wide)
        case "tick":
            pen.line(
                (
                    x + near,
                    y + side * 0.55,
                    x + side * 0.45,
                    y + far,
                    x + side * 1.05,
                    y - near / 2,
                ),
                fill=0,
                width=wide,
            )
        case "dot":
            pen.ellipse((x + 1.5 * near, y + 1.5 * near, x + 0.7 * side, y + 0.7 * side), fill=0)
        case "filled":
            pen.rectangle((x + near, y + near, x + far, y + far), fill=0)
        case _:
            pass
    page.boxes.append(((x, y, x + side, y + side), mark))
    return x + side


def spoil(page: Drawn, seed: int) -> None:
    """Make a page what a poor scanner gives."""
    degrees = random.Random(seed).uniform(-1, 1)
    turned = page.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    grey = 60 + np.asarray(turned.filter(ImageFilter.GaussianBlur(0.8)), np.float64) * (180 / 255)
    grey += np.random.default_rng(seed).normal(0, NOISE, grey.shape)
    file = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=55)
    page.image = Image.open(file)
    page.boxes = [(turn(box, math.radians(degrees)), mark) for box, mark in page.boxes]


def turn(box: Box, angle: float) -> Box:
    """Return the box around one that is turned with its page."""
    cosine, sine = math.cos(angle), math.sin(angle)
    corners = [(x - WIDTH / 2, y - HEIGHT / 2) for x, y in rectangle(box)]
    xs = [x * cosine + y * sine + WIDTH / 2 for x, y in corners]
    ys = [y * cosine - x * sine + HEIGHT / 2 for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def score(page: Drawn, found: Sequence[CheckBox]) -> Counter[str]:
    """Return how many were found, missed, made up and told rightly."""
    left = list(found)
    counts: Counter[str] = Counter()
    for box, mark in page.boxes:
        nearest = max(left, key=lambda each: shared(each.box, box, (WIDTH, HEIGHT)), default=None)
        if nearest is None or shared(nearest.box, box, (WIDTH, HEIGHT)) < SAME:
            counts["missed"] += 1
            continue
        left.remove(nearest)
        counts["found"] += 1
        counts["told"] += nearest.is_ticked == bool(mark)
    counts["made up"] = len(left)
    return counts


async def main() -> None:
    """Print precision, recall and how many are told rightly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=20)
    options = parser.parse_args()
    finder = OpenCvMarkFinder(WeightStore(load().weights))
    for kind in ("clean", "noisy"):
        counts: Counter[str] = Counter()
        for seed in range(options.pages):
            page = draw(seed)
            if kind == "noisy":
                spoil(page, seed)
            file = io.BytesIO()
            page.image.save(file, "PNG")
            counts += score(page, await finder.checkboxes(file.getvalue(), page.words))
        found = counts["found"]
        print(
            f"{kind}: {found + counts['missed']} checkboxes,"
            f" precision {found / (found + counts['made up']):.3f},"
            f" recall {found / (found + counts['missed']):.3f},"
            f" ticked or not {counts['told'] / found:.3f}"
        )
    await finder.close()


if __name__ == "__main__":
    asyncio.run(main())
