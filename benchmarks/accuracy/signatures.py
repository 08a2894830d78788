"""How many signatures are found on pages drawn for it, and how many are made up.

    python -m benchmarks.accuracy.signatures FONTS [--pages N] [--first SEED]

FONTS is a folder with the packages `@fontsource/…` of npm that `FAMILIES` names: none of them was
learnt from. The pages come from another program than those that were learnt from, with other texts,
and a third of the signatures from another pen: a smooth line through points that climb and fall.
Noisy pages are turned by up to a degree, blurred, grey, noisy and stored as JPEG of quality 55.
Pages are read by the reader that serves, and a third of them are not signed.
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
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from benchmarks.accuracy.page_places import shared
from outcrop.engines.document_marks.interface import Signature
from outcrop.engines.document_marks.opencv import OpenCvMarkFinder
from outcrop.engines.media.places import Box
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.settings import load
from outcrop.weights import WeightStore

FAMILIES = {
    "print": ("noto-sans", "source-serif-4", "playfair-display", "fira-sans"),
    "hand": ("shadows-into-light", "sue-ellen-francisco", "nothing-you-could-do", "rock-salt"),
    "script": ("birthstone", "marck-script", "bilbo-swash-caps", "ephesis"),
    "signature": (
        *("mr-dafoe", "mr-de-haviland", "square-peg", "waterfall", "updock", "my-soul"),
        *("oooh-baby", "grechen-fuemen", "nothing-you-could-do"),
    ),
}
WIDTH, HEIGHT, MARGIN = 1654, 2339, 150
"""A4 at 200 dots an inch."""
TEXTS = (
    "We have received your letter of last week and thank you for your interest in our offer.",
    "The undersigned confirms that all statements above are complete and true.",
    "The tenant returns both keys on the day of departure, and the deposit is paid back soon.",
    "Our technician will visit you between nine and eleven; please keep the cellar open.",
    "Je soussigné déclare avoir pris connaissance du règlement intérieur et l'accepter.",
    "Nous vous prions de bien vouloir nous retourner un exemplaire de ce document.",
    "La livraison aura lieu à l'adresse indiquée ci-dessus avant la fin de la semaine.",
    "En cas de retard, une indemnité de trois pour cent par semaine entamée est due.",
)
ASKED = ("Patient", "Policy no.", "Vehicle", "Room", "Nationalité", "Né(e) le", "IBAN", "Reason")
GIVEN = ("Oskar Lindqvist", "Ref 88-1207", "3 rue Haute", "12 May 1971", "Blue Peugeot", "none")
NAMES = ("Oskar Lindqvist", "Amélie Roux", "B. Castellano", "Ingrid Holm", "D. Yilmaz", "Paul Weiß")
PLACES = ("Signature", "Signature de l'assuré", "Tenant", "Landlord", "Seen and agreed", "Le maire")
GREETINGS = ("With kind regards", "Yours truly,", "Veuillez agréer nos salutations", "Thank you!")
NOISE = 12.0
"""The deviation of the noise, of 255."""
SAME = 0.3
"""Of the area that a found and a drawn signature cover together, that they share at least."""
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Scores from which one may count what is told."""


@dataclass(slots=True)
class Page:
    """A page while it is drawn, and where it is signed, in pixels."""

    chance: random.Random
    fonts: Path
    is_signed: bool
    image: Image.Image = field(default_factory=lambda: Image.new("L", (WIDTH, HEIGHT), 255))
    signatures: list[Box] = field(default_factory=list[Box])

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """What draws on it."""
        return ImageDraw.Draw(self.image)

    def face(self, use: str, size: int) -> ImageFont.FreeTypeFont:
        """Return a font for a use."""
        name = self.chance.choice(FAMILIES[use])
        return ImageFont.truetype(
            self.fonts / name / "files" / f"{name}-latin-400-normal.woff", size
        )

    def write(self, at: tuple[float, float], text: str, face: ImageFont.FreeTypeFont) -> float:
        """Write a line and return where it ends."""
        self.pen.text(at, text, font=face, fill=self.chance.choice((0, 0, 40)))
        return at[0] + face.getlength(text)

    def add(self, ink: Image.Image, at: tuple[float, float]) -> Box:
        """Put ink on the page, darker where there is more of it, and return its place."""
        left, top = round(at[0]), round(at[1])
        sheet = Image.new("L", self.image.size)
        sheet.paste(ink, (left, top))
        self.image = ImageChops.subtract(self.image, sheet)
        return left, top, left + ink.width, top + ink.height


def sign(page: Page, x: float, base: float, widest: float) -> None:
    """Sign on a line at a height, if the page is signed."""
    if not page.is_signed:
        return
    chance = page.chance
    ink = zigzag(chance) if chance.random() < 0.34 else lettered(page)
    ink = ink.crop(ink.getbbox())
    high = chance.randint(70, 190)
    scale = min(high / ink.height, widest / ink.width)
    ink = ink.resize((max(8, int(ink.width * scale)), max(8, int(ink.height * scale))))
    ink = ink.point([min(255, int(level * chance.uniform(0.7, 0.9))) for level in range(256)])
    y = base - ink.height * chance.uniform(0.65, 0.95)
    page.signatures.append(page.add(ink, (x, y)))


def lettered(page: Page) -> Image.Image:
    """Return a name in a font, sheared, and perhaps with a stroke under it."""
    chance = page.chance
    face, text = page.face("signature", 150), chance.choice(NAMES)
    if chance.random() < 0.4:
        text = text.split()[-1]
    ink = Image.new("L", (int(face.getlength(text)) + 300, 420))
    pen = ImageDraw.Draw(ink)
    pen.text((120, 90), text, font=face, fill=255)
    if chance.random() < 0.35:
        end = ink.width - chance.randint(60, 200)
        y = chance.randint(270, 330)
        points = [(80, y), (end, y - chance.randint(0, 40)), (end // 2, y + 30), (end, y + 26)]
        pen.line(points[: chance.choice((2, 4))], fill=255, width=chance.randint(4, 9))
    shear = chance.uniform(-0.1, 0.4)
    ink = ink.transform(ink.size, Image.Transform.AFFINE, (1, shear, -shear * 200, 0, 1, 0))
    return ink.rotate(chance.uniform(-4, 10), Image.Resampling.BICUBIC, expand=True)


def zigzag(chance: random.Random) -> Image.Image:
    """Return a signature of nobody: a smooth line through points that climb and fall."""
    x, knots = 60.0, list[tuple[float, float]]()
    count = chance.randint(9, 30)
    for number in range(count):
        reach = 150 if number < 4 else 150 * chance.uniform(0.12, 0.5)
        if chance.random() < 0.1:
            reach *= 1.8
        knots.append((x, 260 - reach * (chance.uniform(0.5, 1) if number % 2 else -0.15)))
        x += chance.uniform(-14, 44)
    line: list[tuple[float, float]] = []
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        for part in range(12):  # Catmull and Rom's curve.
            t = part / 12
            weights = (
                -0.5 * t + t**2 - 0.5 * t**3,
                1 - 2.5 * t**2 + 1.5 * t**3,
                0.5 * t + 2 * t**2 - 1.5 * t**3,
                -0.5 * t**2 + 0.5 * t**3,
            )
            dots = list(zip(weights, (a, b, c, d), strict=True))
            line.append((sum(w * p[0] for w, p in dots), sum(w * p[1] for w, p in dots)))
    ink = Image.new("L", (int(x) + 150, 460))
    pen, wide = ImageDraw.Draw(ink), chance.randint(4, 8)
    pen.line(line, fill=255, width=wide, joint="curve")
    if chance.random() < 0.3:
        pen.line([(40, 330), (x + 60, 330 - chance.randint(-20, 60))], fill=255, width=wide)
    return ink.filter(ImageFilter.GaussianBlur(0.8))


def draw(seed: int, fonts: Path) -> Page:
    """Return a page."""
    chance = random.Random(seed)
    page = Page(chance, fonts, is_signed=seed % 3 != 0)
    y = header(page)
    y = chance.choice((prose, questionnaire, questionnaire, receipt, handwritten))(page, y)
    for _ in range(chance.choice((0, 1, 1, 2))):
        chance.choice((ring, curves, underline))(page)
    places(page, y)
    return page


def header(page: Page) -> float:
    """Write who sends it."""
    use, size = page.chance.choice((("script", 96), ("print", 60), ("print", 44)))
    page.write((MARGIN, 110), page.chance.choice(("Maison Verdier", "Nordlys Clinic", "Claim 7")),
               page.face(use, size))  # fmt: skip
    small = page.face("print", 26)
    for row, text in enumerate(("14 Harbour Street", "contact@example.com", "+33 1 23 45 67 89")):
        page.write((WIDTH - 520, 120 + 38 * row), text, small)
    return 330.0


def prose(page: Page, y: float) -> float:
    """Some paragraphs."""
    face = page.face("print", page.chance.choice((26, 30, 34)))
    for _ in range(page.chance.randint(3, 8)):
        words = f"{page.chance.choice(TEXTS)} {page.chance.choice(TEXTS)}".split()
        line = ""
        for word in [*words, ""]:
            if not word or face.getlength(f"{line} {word}") > WIDTH - 2 * MARGIN:
                page.write((MARGIN, y), line, face)
                y, line = y + face.size * 1.4, ""
            line = f"{line} {word}".strip()
        y += 30
    return y + 20


def questionnaire(page: Page, y: float) -> float:
    """Boxes or lines that were filled in by hand."""
    face, hand = page.face("print", 28), page.face("hand", page.chance.randint(40, 62))
    boxed = page.chance.random() < 0.5
    for row in range(page.chance.randint(4, 9)):
        page.write((MARGIN, y + 24), ASKED[row % len(ASKED)], face)
        area = (MARGIN + 330, y, WIDTH - MARGIN, y + 78)
        if boxed:
            page.pen.rectangle(area, outline=90, width=2)
        else:
            page.pen.line((area[0], area[3] - 8, area[2], area[3] - 8), fill=60, width=2)
        if page.chance.random() < 0.85:
            page.write((area[0] + 20, y + 4), page.chance.choice(GIVEN), hand)
        y += 100
    return y + 30


def receipt(page: Page, y: float) -> float:
    """A list with prices."""
    face = page.face("print", 30)
    for _ in range(page.chance.randint(4, 10)):
        page.write((MARGIN + 20, y), page.chance.choice(ASKED), face)
        page.write((WIDTH - 400, y), f"{page.chance.uniform(2, 900):.2f} EUR", face)
        page.pen.line((MARGIN, y + 48, WIDTH - MARGIN, y + 48), fill=120, width=2)
        y += 60
    return y + 60


def handwritten(page: Page, y: float) -> float:
    """A note by hand."""
    hand = page.face("hand", 54)
    for _ in range(page.chance.randint(3, 8)):
        page.write((MARGIN, y), " ".join(page.chance.choice(TEXTS).split()[:7]), hand)
        y += 92
    return y + 40


def places(page: Page, y: float) -> None:
    """Where to sign: a closing, or lines side by side, and a date by hand at times."""
    chance, face = page.chance, page.face("print", 28)
    y = min(y + chance.randint(40, 160), HEIGHT - 330)
    if chance.random() < 0.4:
        x = chance.choice((MARGIN, WIDTH // 2))
        page.write((x, y), chance.choice(GREETINGS), face)
        sign(page, x, y + 210, 620)
        page.write((x, y + 225), chance.choice(NAMES), face)
        return
    hand, count = page.face("hand", 46), chance.choice((1, 2))
    for number in range(count):
        x = MARGIN + number * 720
        page.write((x, y), chance.choice(PLACES), face)
        page.pen.line((x, y + 210, x + 560, y + 210), fill=0, width=2)
        if chance.random() < 0.5:
            page.write((x, y + 220), "Date / Name", face)
            page.write((x + 190, y + 212), chance.choice((*GIVEN, "3.11.24")), hand)
        if number == 0 or chance.random() < 0.7:
            sign(page, x + chance.randint(0, 80), y + 215, 500)


def ring(page: Page) -> None:
    """A round stamp."""
    side, chance = 300, page.chance
    ink = Image.new("L", (side, side))
    pen = ImageDraw.Draw(ink)
    for less in (6, 60):
        pen.ellipse((less, less, side - less, side - less), outline=150, width=6)
    pen.text((82, 125), chance.choice(("MAIRIE", "RECEIVED", "No 4471")), fill=150,
             font=page.face("print", 34))  # fmt: skip
    ink = ink.rotate(chance.uniform(-25, 25))
    page.add(ink, (chance.randint(60, WIDTH - 360), chance.randint(60, HEIGHT - 360)))


def curves(page: Page) -> None:
    """A drawing of curves."""
    chance = page.chance
    left, top = chance.randint(80, 1000), chance.randint(350, HEIGHT - 500)
    page.pen.rectangle((left, top, left + 460, top + 280), fill=255, outline=0, width=2)
    for _ in range(2):
        high, long, at = chance.uniform(40, 110), chance.uniform(30, 120), chance.uniform(0, 6)
        points = [(left + x, top + 140 + high * math.sin(x / long + at)) for x in range(8, 452, 4)]
        page.pen.line(points, fill=30, width=4)


def underline(page: Page) -> None:
    """A line by hand under something."""
    chance = page.chance
    x, y = chance.randint(100, 900), chance.randint(350, 1500)
    points = [(x + 9 * step, y + chance.gauss(0, 2)) for step in range(chance.randint(20, 60))]
    page.pen.line(points, fill=20, width=5)


def spoil(page: Page, seed: int) -> None:
    """Make a page what a poor scanner gives."""
    degrees = random.Random(seed).uniform(-1, 1)
    turned = page.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    page.signatures = [turn(box, math.radians(degrees)) for box in page.signatures]
    grey = 60 + np.asarray(turned.filter(ImageFilter.GaussianBlur(1.2)), np.float64) * (180 / 255)
    grey += np.random.default_rng(seed).normal(0, NOISE, grey.shape)
    file = io.BytesIO()
    Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=55)
    page.image = Image.open(file)


def turn(box: Box, angle: float) -> Box:
    """Return the place of what is turned with its page: as large as before."""
    x, y = (box[0] + box[2] - WIDTH) / 2, (box[1] + box[3] - HEIGHT) / 2
    right = x * math.cos(angle) + y * math.sin(angle) - x
    down = y * math.cos(angle) - x * math.sin(angle) - y
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def score(page: Page, found: Sequence[Signature]) -> Counter[str]:
    """Return how many were found, missed and made up, and whether an unsigned page has any."""
    left = list(found)
    counts: Counter[str] = Counter()
    for box in page.signatures:
        nearest = max(left, key=lambda each: shared(each.box, box, (WIDTH, HEIGHT)), default=None)
        if nearest is None or shared(nearest.box, box, (WIDTH, HEIGHT)) < SAME:
            counts["missed"] += 1
            continue
        left.remove(nearest)
        counts["found"] += 1
    counts["made up"] = len(left)
    counts["unsigned"] = not page.signatures
    counts["unsigned, told"] = not page.signatures and bool(left)
    return counts


async def main() -> None:
    """Print precision and recall by the score from which one is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    store = WeightStore(load().weights)
    reader, finder = PaddleReader(store), OpenCvMarkFinder(store)
    for kind in ("clean", "noisy"):
        counts = {step: Counter[str]() for step in STEPS}
        for seed in range(options.first, options.first + options.pages):
            page = draw(seed, options.fonts)
            if kind == "noisy":
                spoil(page, seed)
            file = io.BytesIO()
            page.image.save(file, "PNG")
            lines = (await reader.read(file.getvalue())).lines
            words = [word for line in lines for word in line.words]
            found = await finder.signatures(file.getvalue(), words)
            for step in STEPS:
                counts[step] += score(page, [each for each in found if each.score >= step])
        for step, each in counts.items():
            told = each["found"] + each["made up"]
            print(
                f"{kind}, from {step}: {each['found'] + each['missed']} signatures,"
                f" precision {each['found'] / max(1, told):.3f},"
                f" recall {each['found'] / (each['found'] + each['missed']):.3f},"
                f" unsigned pages with any {each['unsigned, told']} of {each['unsigned']}"
            )
    await reader.close()
    await finder.close()


if __name__ == "__main__":
    asyncio.run(main())
