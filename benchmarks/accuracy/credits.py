"""How well credits are found in films that are drawn for it, with other writing among them.

    python -m benchmarks.accuracy.credits [--seen] [--show]

The rules were made in sight of the films of `--seen`. The others, which are measured without it,
have other faces, sizes, grounds and kinds of writing, and were looked at once the rules were done.
"""

import argparse
import random
import statistics
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from benchmarks.accuracy.shots import PHOTOGRAPHS
from outcrop.engines.video_frames.interface import BlackLimits, Segment, SegmentKind
from outcrop.engines.video_frames.probing import probe
from outcrop.engines.video_frames.segments import segments_of
from tests.credit_films import (
    BLACK,
    FONTS,
    RATE,
    WHITE,
    Frames,
    Style,
    blank,
    card,
    film,
    lights,
    picture,
    scene,
    scroll,
    ticker,
    written_on,
)

OPENING, END = SegmentKind.OPENING_CREDITS, SegmentKind.END_CREDITS
FIRST = ("Anna", "Paul", "Elsa", "Marco", "Lucie", "Henrik", "Olga", "Tomas", "Mei", "Jean-Luc")
LAST = ("Moreau", "Hallam", "Lindqvist", "Okafor", "Duval", "Rossi", "Petrov", "Tanaka", "Ng")
ROLES = (
    "Directed by",
    "Written by",
    "Produced by",
    "Music",
    "Editor",
    "Sound",
    "Camera",
    "Casting",
)
SENTENCES = (
    "I never saw him again.",
    "You should not have come here.",
    "What are we going to do now?",
    "The train leaves at seven.",
    "Wait for me, please!",
)
WORDS = ("revenue", "second quarter", "growth", "method", "results", "costs", "next steps", "risk")


@dataclass(frozen=True)
class Look:
    """What films of one set have in common."""

    faces: Sequence[str]
    sizes: Sequence[tuple[int, int]]
    heights: tuple[float, float]
    """Of lines, the least and the most."""


SEEN = Look(("Vera.ttf", "VeraBd.ttf"), ((640, 360),), (0.04, 0.06))
UNSEEN = Look(
    ("_er_____.pfb", "_ei_____.pfb", "_eb_____.pfb", "com_____.pfb", "_a______.pfb", "VeraIt.ttf"),
    ((640, 272), (480, 360), (854, 480), (320, 180)),
    (0.028, 0.08),
)


@dataclass
class Reel:
    """A film that grows, and where its credits are."""

    look: Look
    chance: random.Random
    size: tuple[int, int] = field(init=False)
    parts: list[Frames] = field(default_factory=list[Frames])
    real: list[tuple[SegmentKind, int, int]] = field(
        default_factory=list[tuple[SegmentKind, int, int]]
    )
    """Kinds, and their first and last frames."""
    length: int = 0

    def __post_init__(self) -> None:
        self.size = self.chance.choice(self.look.sizes)

    def add(self, frames: Frames, kind: SegmentKind | None = None) -> None:
        """Add a part; parts of one kind in a row are one segment."""
        part = list(frames)
        self.parts.append(iter(part))
        end = self.length + len(part)
        if kind is not None:
            before = self.real[-1] if self.real else None
            if before and before[0] is kind and before[2] == self.length - 1:
                self.real[-1] = (kind, before[1], end - 1)
            else:
                self.real.append((kind, self.length, end - 1))
        self.length = end

    def style(self, **more: object) -> Style:
        """Return how this film's writing may look."""
        made = {"face": self.chance.choice(self.look.faces), "height": self.height(), **more}
        return Style(**made)  # pyright: ignore[reportArgumentType] - the fields of a Style

    def height(self) -> float:
        """Return that of a line of writing."""
        return self.chance.uniform(*self.look.heights)

    def scenes(self, count: int) -> None:
        """Add photographs over which a camera moves."""
        for _ in range(count):
            self.add(self.scene())

    def scene(self, seconds: float = 0) -> Frames:
        """Give one of them."""
        name = self.chance.choice(PHOTOGRAPHS)
        length = seconds or self.chance.uniform(2.0, 5.0)
        return scene(name, self.size, length, zoom=self.chance.uniform(0.1, 0.5))

    def name(self) -> str:
        """Return somebody's."""
        return f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"

    def roll(self, count: int) -> list[str | tuple[str, str]]:
        """Return lines as end credits have them."""
        if self.chance.random() < 0.5:
            return [(self.chance.choice(ROLES), self.name()) for _ in range(count)]
        lines: list[str | tuple[str, str]] = []
        while len(lines) < count:
            lines += [self.chance.choice(ROLES), self.name().upper(), ""]
        return lines

    def cards(self, count: int, kind: SegmentKind, style: Style, *, gap: float = 0.0) -> None:
        """Add so many cards of a role and one or two names each."""
        for number in range(count):
            lines = [self.chance.choice(ROLES), self.name()]
            lines += [self.name()] * (self.chance.random() < 0.3)
            fade = self.chance.choice((0.0, 0.3, 0.5))
            self.add(card(lines, self.size, self.chance.uniform(1.6, 3.0), style, fade=fade), kind)
            if gap and number + 1 < count:
                self.add(blank(self.size, gap), kind)


def rising(reel: Reel) -> None:
    """Lines rise over black at the end."""
    reel.scenes(6)
    reel.add(blank(reel.size, reel.chance.choice((0, 0.5, 1.5))))
    reel.add(
        scroll(reel.roll(12), reel.size, reel.chance.uniform(6, 10), reel.style()),
        END,
    )
    reel.add(blank(reel.size, reel.chance.choice((0, 1))))


def cards_at_both_ends(reel: Reel) -> None:
    """Cards with fades at the beginning, and at the end."""
    style = reel.style()
    reel.cards(3, OPENING, style, gap=reel.chance.choice((0, 0.5)))
    reel.scenes(7)
    reel.cards(4, END, style, gap=reel.chance.choice((0, 1.0)))


def scene_first(reel: Reel) -> None:
    """A scene, cards, the film, cards, then a last scene."""
    reel.scenes(1)
    reel.cards(3, OPENING, reel.style())
    reel.scenes(8)
    reel.cards(5, END, reel.style())
    reel.add(reel.scene(2.0))


def coloured(reel: Reel) -> None:
    """Credits on grounds that are not black."""
    dark = reel.chance.random() < 0.5
    ground = (20, 30, 80) if dark else (235, 232, 220)
    reel.scenes(6)
    style = reel.style(ground=ground, color=(250, 230, 140) if dark else (40, 40, 40))
    reel.add(scroll(reel.roll(10), reel.size, 7, style), END)


def dim(reel: Reel) -> None:
    """Grey writing on nearly black ground."""
    reel.scenes(6)
    style = reel.style(ground=(14, 14, 18), color=(130, 130, 130))
    reel.cards(4, END, style, gap=0.6)


def soft(reel: Reel) -> None:
    """Writing over a blurred, dark still."""
    ground = picture(reel.chance.choice(PHOTOGRAPHS)).filter(ImageFilter.GaussianBlur(14))
    reel.scenes(6)
    style = reel.style(ground=ImageEnhance.Brightness(ground).enhance(0.33))
    reel.add(scroll(reel.roll(10), reel.size, 7, style), END)


def grainy(reel: Reel) -> None:
    """Everything has the grain of film."""
    reel.scenes(5)
    reel.add(scroll(reel.roll(10), reel.size, 7, reel.style()), END)
    noise = np.random.default_rng(reel.chance.randrange(1000))
    reel.parts = [_grain(part, noise) for part in reel.parts]


def _grain(frames: Frames, noise: np.random.Generator) -> Frames:
    for frame in frames:
        some = noise.normal(0, 9, (frame.height, frame.width, 1))
        yield Image.fromarray((np.asarray(frame) + some).clip(0, 255).astype(np.uint8))


def on_a_still(reel: Reel) -> None:
    """Writing over a still that is sharp: not plain."""
    reel.scenes(6)
    style = reel.style(ground=picture(reel.chance.choice(PHOTOGRAPHS)))
    reel.add(scroll(reel.roll(10), reel.size, 7, style), END)


def on_scenes(reel: Reel) -> None:
    """Names over what moves, at the beginning."""
    texts = [[reel.chance.choice(ROLES), reel.name()] for _ in range(3)]
    reel.add(written_on(reel.scene(6), texts, reel.style(), place=(0.3, 0.4)), OPENING)
    reel.scenes(6)


def subtitled(reel: Reel) -> None:
    """People speak at the beginning and at the end, over black, too."""
    style = reel.style(height=max(0.045, reel.height()))
    for _ in range(7):
        texts = [[reel.chance.choice(SENTENCES)] for _ in range(2)]
        reel.add(written_on(reel.scene(), texts, style, place=(0.5, 0.88)))
    texts = [[reel.chance.choice(SENTENCES)] for _ in range(3)]
    reel.add(written_on(blank(reel.size, 5), texts, style, place=(0.5, 0.88)))


def news(reel: Reel) -> None:
    """News run below all scenes."""
    text = " +++ ".join(reel.chance.sample(SENTENCES, 4)).upper()
    for _ in range(7):
        reel.add(ticker(reel.scene(), text, reel.style(height=0.06)))


def titled(reel: Reel) -> None:
    """A title, a card amid the film, and its end."""
    style = reel.style(height=0.1)
    reel.add(card(["THE LONG WAY"], reel.size, 3, style, fade=0.4))
    reel.scenes(4)
    reel.add(card(["Three years later"], reel.size, 2.5, reel.style(), fade=0.4))
    reel.scenes(4)
    reel.add(card(["THE END"], reel.size, 3, style, fade=0.4))


def growing(reel: Reel) -> None:
    """A title that grows slowly, before the film."""
    for number in range(4 * RATE):
        style = reel.style(face="VeraBd.ttf", height=0.08 + 0.0006 * number)
        reel.add(card(["THE LONG WAY"], reel.size, 1 / RATE, style))
    reel.scenes(6)


def starry(reel: Reel) -> None:
    """It begins and ends with lights in the dark."""
    reel.add(lights(reel.size, 5, seed=reel.chance.randrange(1000)))
    reel.scenes(5)
    reel.add(lights(reel.size, 6, seed=reel.chance.randrange(1000), drift=0.5))


def slides(reel: Reel) -> None:
    """A talk: slides, between them who gives it."""
    style = reel.style(color=(30, 30, 60), ground=WHITE, height=max(0.05, reel.height()))
    for number in range(9):
        if number % 3 == 1:
            reel.add(reel.scene(3))
            continue
        lines = [f"{reel.chance.choice(WORDS)} and {reel.chance.choice(WORDS)}" for _ in range(5)]
        reel.add(card(lines, reel.size, 3.5, style))


def paper(reel: Reel) -> None:
    """A camera looks along a printed page at the end."""
    reel.scenes(6)
    reel.add(scene("page.png", reel.size, 5, zoom=0.6))


def slated(reel: Reel) -> None:
    """What the film is stands on a board before it."""
    lines = ["Title: The Long Way", "Director: A. Moreau", "Version: 2", "Date: 2024-03-01"]
    reel.add(card([*lines, "Length: 00:42:10"], reel.size, 4, reel.style()))
    reel.add(blank(reel.size, 2))
    reel.scenes(6)


def terminal(reel: Reel) -> None:
    """A screen on which somebody types, all along."""
    style = reel.style(face="com_____.pfb", height=0.045, color=(120, 230, 120))
    lines: list[str] = []
    for number in range(14):
        lines.append(f"$ run --step {number} --name {reel.chance.choice(WORDS)}")
        reel.add(card(lines[-12:], reel.size, 1.8, style))


def windows(reel: Reel) -> None:
    """Houses at night, whose windows stand in rows, at both ends."""
    for seconds in (5, 0, 0, 0, 0, 6):
        reel.add(_houses(reel, seconds) if seconds else reel.scene())


def _houses(reel: Reel, seconds: float) -> Frames:
    width, height = reel.size
    frame = Image.new("RGB", reel.size, (6, 6, 14))
    pen = ImageDraw.Draw(frame)
    side = height // 40
    for left in range(0, width, side * 10):
        for row in range(reel.chance.randint(2, 9)):
            for column in range(5):
                if reel.chance.random() < 0.6:
                    x, y = left + column * side * 1.6, height - (row + 2) * side * 2.4
                    pen.rectangle((x, y, x + side * 0.8, y + side), fill=(250, 220, 120))
    for _ in range(round(seconds * RATE)):
        yield frame


def silent(reel: Reel) -> None:
    """A silent film: what is said stands on cards between the scenes."""
    style = reel.style(face="_ei_____.pfb")
    for _ in range(7):
        reel.add(reel.scene(3))
        lines = [reel.chance.choice(SENTENCES), reel.chance.choice(SENTENCES)]
        reel.add(card(lines, reel.size, 2.5, style))
    reel.add(reel.scene(3))


def counted(reel: Reel) -> None:
    """Somebody counts from eight to two before the film."""
    for number in range(8, 1, -1):
        reel.add(_number(reel, number))
    reel.scenes(6)


def _number(reel: Reel, number: int) -> Frames:
    width, height = reel.size
    for turn in range(RATE):
        frame = Image.new("RGB", reel.size, (150, 150, 150))
        pen = ImageDraw.Draw(frame)
        pen.line((width / 2, 0, width / 2, height), BLACK, 2)
        pen.line((0, height / 2, width, height / 2), BLACK, 2)
        ring = (width / 2 - height * 0.4, height * 0.1, width / 2 + height * 0.4, height * 0.9)
        pen.arc(ring, -90, -90 + 360 * turn / RATE, WHITE, 4)
        font = Style(face="VeraBd.ttf", height=0.4).font(reel.size)
        at = (width / 2 - font.getlength(str(number)) / 2, height * 0.27)
        pen.text(at, str(number), BLACK, font)
        yield frame


def named(reel: Reel) -> None:
    """Who speaks is written at the bottom left, in a talk before a plain dark wall."""
    who = picture("grace_hopper.jpg")
    for _ in range(7):
        text = [reel.name(), reel.chance.choice(("historian", "engineer", "neighbour"))]
        reel.add(written_on(_before_a_wall(who, reel), [text], reel.style(), place=(0.25, 0.8)))


def _before_a_wall(who: Image.Image, reel: Reel) -> Frames:
    size = (reel.size[1] * 5 // 8, reel.size[1] * 3 // 4)
    for number in range(4 * RATE):
        frame = Image.new("RGB", reel.size, (24, 24, 30))
        frame.paste(who.resize(size), (reel.size[0] // 2 + number % 5, reel.size[1] // 4))
        yield frame


Kind = Callable[[Reel], None]
BOTH: Sequence[Kind] = (
    rising,
    cards_at_both_ends,
    scene_first,
    coloured,
    on_a_still,
    on_scenes,
    subtitled,
    news,
    titled,
    growing,
    starry,
    slides,
    paper,
    slated,
)
NEW: Sequence[Kind] = (dim, soft, grainy, terminal, windows, silent, counted, named)
"""Films that are in the unseen set only."""
assert FONTS.is_dir()


def films(*, seen: bool, each: int) -> Iterator[tuple[str, Reel]]:
    """Give the films of a set, with the names of their kinds."""
    for kind in BOTH if seen else (*BOTH, *NEW):
        for number in range(each):
            seed = zlib.crc32(f"{kind.__name__} {number} {seen}".encode())
            reel = Reel(SEEN if seen else UNSEEN, random.Random(seed))
            kind(reel)
            yield kind.__name__, reel


@dataclass
class Count:
    """What was found in films of one kind."""

    real: int = 0
    told: int = 0
    right: int = 0
    off: list[float] = field(default_factory=list[float])
    """By how many seconds ends were missed."""

    def add(self, reel: Reel, told: Sequence[Segment]) -> None:
        """Count a film's segments; one is right if it shares more than half of both its union."""
        self.real += len(reel.real)
        self.told += len(told)
        for segment in told:
            for kind, first, last in reel.real:
                both = min(last, segment.last) - max(first, segment.first) + 1
                whole = max(last, segment.last) - min(first, segment.first) + 1
                if segment.kind is kind and both > whole / 2:
                    self.right += 1
                    self.off += [abs(first - segment.first) / RATE, abs(last - segment.last) / RATE]


def main() -> None:
    """Print what is found, missed and made up, by kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seen", action="store_true", help="the films the rules were made with")
    parser.add_argument("--each", type=int, default=4, help="films of each kind")
    parser.add_argument("--show", action="store_true", help="print every segment")
    asked = parser.parse_args()
    counts: dict[str, Count] = {}
    whole = Count()
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "film.mp4"
        for name, reel in films(seen=asked.seen, each=asked.each):
            video.write_bytes(film(reel.parts))
            info, _ = probe(video)
            told = [
                each
                for each in segments_of(video, info, BlackLimits())
                if each.kind in (OPENING, END) and each.score >= 0.5
            ]
            for count in (counts.setdefault(name, Count()), whole):
                count.add(reel, told)
            if asked.show:
                print(name, reel.size, reel.length, reel.real)
                for each in told:
                    print("   ", each.kind, each.first, each.last, round(each.score, 2))
    for name, count in {**counts, "all": whole}.items():
        print(f"{name}: {count.right} of {count.real} found, {count.told - count.right} made up")
    if whole.off:
        print(f"ends off by {statistics.median(whole.off):.2f} s, at most {max(whole.off):.2f} s")


if __name__ == "__main__":
    main()
