"""How many characters are read wrong on pages drawn for it, clean and noisy.

    python -m benchmarks.accuracy.ocr [--show]

A page of English and one of French, self-written, in three sizes of three faces of one sans-serif
family: other fonts and real scans are not measured. Noisy pages are turned by two degrees, blurred,
grey, covered with Gaussian noise and stored as JPEG of quality 40. The rate is the edit distance
over the length of the text, spaces counted once.
"""

import argparse
import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.settings import load
from outcrop.weights import WeightStore

FONTS = Path(reportlab.__file__).parent / "fonts"
FACES = ("Vera.ttf", "VeraBd.ttf", "VeraIt.ttf")
SIZES = (20, 26, 34)
"""In pixels: 10, 12 and 16 points at 150 dots an inch."""
WIDTH, HEIGHT, MARGIN = 1240, 1754, 90
NOISE = 22.0
"""The deviation of the noise, of 255."""
TURN_DEGREES = 2.0
TEXTS = {
    "en": (
        "The harbour opened at six in the morning, long before the first ferry was due. On Monday,"
        " 14 March 2024, the council approved a budget of $1,250,000 for repairs; 37% of it will be"
        ' spent before June. "We have waited eleven years," said the harbour master, "and we can'
        ' wait eleven weeks." Invoices should be sent to accounts@harbour.example or by post to'
        " 12 Quay Street. Reference: HBR-2024/0117. The storm of last winter broke two of the nine"
        " cranes, and nobody knows yet who will pay for them (the insurer says: not us)."
    ),
    "fr": (
        "Le port ouvrait à six heures du matin, bien avant l'arrivée du premier bac. Le lundi 14"
        " mars 2024, le conseil a voté un budget de 1 250 000 € pour les travaux ; 37 % en seront"
        " dépensés dès juin. « Nous avons attendu onze ans », dit la capitaine, « nous attendrons"
        " bien onze semaines ! » Où étaient les grues cassées ? Près de l'écluse, là où l'eau"
        " gèle. Noël arrive : le chœur répète, la sœur du maire brode une œuvre naïve, et l'âne"
        " du pâtre mâche sa paille. Écrivez à l'adresse : 12, quai de la Forêt, 76600 Le Havre."
        " Çà et là, des maïs. Œuvrez sans hâte."
    ),
}


def draw(text: str) -> Image.Image:
    """Return a page with a text in all faces and sizes."""
    page = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(page)
    y = float(MARGIN)
    for face, size in zip(FACES, SIZES, strict=True):
        font = ImageFont.truetype(FONTS / face, size)
        for line in wrapped(text, font):
            pen.text((MARGIN, y), line, fill="black", font=font)
            y += size * 1.5
        y += size
    return page


def wrapped(text: str, font: ImageFont.FreeTypeFont) -> Iterator[str]:
    """Give lines that are no wider than the page."""
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if font.getlength(longer) > WIDTH - 2 * MARGIN:
            yield line
            longer = word
        line = longer
    yield line


def spoilt(page: Image.Image) -> Image.Image:
    """Return a page as a poor scanner gives it."""
    turned = page.rotate(TURN_DEGREES, Image.Resampling.BICUBIC, fillcolor="white")
    grey = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.9)).convert("L"), np.float64)
    grey = 60 + grey * (180 / 255)
    grey += np.random.default_rng(7).normal(0, NOISE, grey.shape)
    file = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=40)
    return Image.open(file)


def distance(one: str, other: str) -> int:
    """Return how many characters must be put in, taken out or changed."""
    before = list(range(len(other) + 1))
    for at, character in enumerate(one, start=1):
        row = [at]
        for place, second in enumerate(other, start=1):
            change = before[place - 1] + (character != second)
            row.append(min(before[place] + 1, row[-1] + 1, change))
        before = row
    return before[-1]


def png(page: Image.Image) -> bytes:
    """Return a page as a PNG file."""
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


async def main() -> None:
    """Print the error rates and the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print what was read")
    options = parser.parse_args()
    reader = PaddleReader(WeightStore(load().weights))
    await reader.read(png(Image.new("RGB", (64, 64), "white")))
    for language, text in TEXTS.items():
        clean = draw(text)
        wanted = " ".join([text] * len(FACES))
        for name, page in (("clean", clean), ("noisy", spoilt(clean))):
            began = time.monotonic()
            reading = await reader.read(png(page))
            seconds = time.monotonic() - began
            read = " ".join(line.text for line in reading.lines)
            errors = distance(wanted, read)
            print(
                f"{language} {name}: {errors / len(wanted):.2%} of {len(wanted)} characters"
                f" ({errors}), {seconds:.1f} s"
            )
            if options.show:
                print(read)
    await reader.close()


if __name__ == "__main__":
    asyncio.run(main())
