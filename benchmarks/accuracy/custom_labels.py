"""How well models of Custom Labels tell pictures apart, by how many they have learnt from.

    python -m benchmarks.accuracy.custom_labels

Three sets: handwritten digits (scikit-learn's, of 8 x 8 pixels, made larger); drawn shapes of any
colour, size, place and angle among lines and noise; parts of seven photographs, of whose left
halves a model learns and with whose right halves it is tested. Accuracy is the share of pictures
whose likeliest label is right. F1 is what DescribeProjectVersions tells: at thresholds that were
chosen with the same tests, as on AWS, so it flatters.
"""

import asyncio
import io
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from sklearn import datasets  # pyright: ignore[reportMissingTypeStubs] - has none

from outcrop.engines.image_labels.efficientnet import EfficientNetImageLabeler
from outcrop.engines.linear_classifiers.interface import Vectors
from outcrop.engines.linear_classifiers.scikit_learn import ScikitLearnClassifiers
from outcrop.services.rekognition.custom_labels.evaluation import Tested, evaluate
from tests.photographs import photograph
from tests.vision_weights import vision_weights

SIDE = 256
SHAPES = {"circle": 0, "square": 4, "triangle": 3, "star": 10}
"""Corners."""
PHOTOGRAPHS = ("chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "astronaut.png")


@dataclass(frozen=True)
class Example:
    label: str
    picture: bytes


@dataclass(frozen=True)
class Seen:
    """An example and the vectors of its picture: the whole, then its parts."""

    label: str
    dimensions: int
    rows: bytes

    @property
    def whole(self) -> bytes:
        return self.rows[: 4 * self.dimensions]


def as_file(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def digits(first: int, count: int) -> Iterator[Example]:
    """Give so many of each digit."""
    known: Any = datasets.load_digits()
    for digit in range(10):
        for number in np.flatnonzero(known.target == digit)[first : first + count]:
            pixels = (255 - known.images[number] * 255 / 16).astype(np.uint8)
            image = Image.fromarray(pixels).resize((128, 128), Image.Resampling.BICUBIC)
            yield Example(str(digit), as_file(image.convert("RGB")))


def shapes(first: int, count: int) -> Iterator[Example]:
    """Give so many of each shape."""
    for name in SHAPES:
        for seed in range(first, first + count):
            yield Example(name, as_file(_shape(name, random.Random(f"{name}{seed}"))))


def _shape(name: str, chance: random.Random) -> Image.Image:
    def color() -> tuple[int, ...]:
        return tuple(chance.randrange(256) for _ in range(3))

    ground = color()
    image = Image.new("RGB", (SIDE, SIDE), ground)
    draw = ImageDraw.Draw(image)
    for _ in range(6):
        ends = [chance.randrange(SIDE) for _ in range(4)]
        draw.line(ends, fill=color(), width=chance.randrange(1, 4))
    size = chance.randrange(40, 90)
    x, y = (chance.randrange(size, SIDE - size) for _ in range(2))
    fill = color()
    while sum(abs(one - other) for one, other in zip(fill, ground, strict=True)) < 150:
        fill = color()
    corners, turn = SHAPES[name], chance.random() * 2 * math.pi
    if not corners:
        draw.ellipse((x - size, y - size, x + size, y + size), fill=fill)
    else:
        radii = [size * (0.4 if name == "star" and at % 2 else 1.0) for at in range(corners)]
        angles = [turn + 2 * math.pi * at / corners for at in range(corners)]
        draw.polygon(
            [
                (x + radius * math.cos(angle), y + radius * math.sin(angle))
                for radius, angle in zip(radii, angles, strict=True)
            ],
            fill=fill,
        )
    noise = np.random.default_rng(chance.randrange(10**9)).normal(0, 12, (SIDE, SIDE, 3))
    return Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))


def photographs(first: int, count: int) -> Iterator[Example]:
    """Give so many parts of each photograph: of its left half for those from 0 on, else right."""
    sources = {
        name: Image.open(io.BytesIO(photograph(name))).convert("RGB") for name in PHOTOGRAPHS
    }
    samples: Any = datasets.load_sample_images()
    sources |= {f"sample {at}": Image.fromarray(image) for at, image in enumerate(samples.images)}
    for name, image in sources.items():
        for seed in range(first, first + count):
            chance = random.Random(f"{name}{seed}")
            side = chance.uniform(0.35, 0.5) * min(image.size)
            left = max(chance.uniform(0, image.width / 2 - side), 0.0)
            if first:
                left = min(left + image.width / 2, image.width - side)
            top = chance.uniform(0, image.height - side)
            part = image.crop((int(left), int(top), int(left + side), int(top + side)))
            yield Example(name, as_file(part.resize((200, 200))))


Make = Callable[[int, int], Iterator[Example]]
FIRST_TEST = 100
"""The number of the first example of a label that is a test."""
SETS: dict[str, tuple[Make, tuple[int, ...], int]] = {
    "digits": (digits, (5, 10), 20),
    "shapes": (shapes, (5, 20), 40),
    "photographs": (photographs, (5,), 10),
}
"""How examples are made, how many of each label are learnt from, and how many are tests."""


async def main() -> None:
    store = vision_weights()
    labeler, classifiers = EfficientNetImageLabeler(store), ScikitLearnClassifiers(store)
    for name, (make, counts, tests) in SETS.items():
        started = time.perf_counter()
        known = [await look(labeler, each, True) for each in make(0, max(counts))]
        tested = [await look(labeler, each, False) for each in make(FIRST_TEST, tests)]
        seconds = time.perf_counter() - started
        print(
            f"{name}: {len(known)} + {len(tested)} pictures looked at in {seconds:.0f} s",
            flush=True,
        )
        for count in counts:
            some = [each for at, each in enumerate(known) if at % max(counts) < count]
            for with_parts in (False, True):
                await report(classifiers, some, tested, with_parts=with_parts)
    await labeler.close()
    await classifiers.close()


async def look(labeler: EfficientNetImageLabeler, example: Example, with_crops: bool) -> Seen:
    seen = await labeler.vectors(example.picture, with_crops=with_crops)
    return Seen(example.label, seen.dimensions, seen.rows)


async def report(
    classifiers: ScikitLearnClassifiers,
    known: Sequence[Seen],
    tested: Sequence[Seen],
    *,
    with_parts: bool,
) -> None:
    """Train, test, and print what came of it."""
    dimensions = known[0].dimensions
    rows = b"".join(each.rows if with_parts else each.whole for each in known)
    views = len(Vectors(dimensions, rows)) // len(known)
    started = time.perf_counter()
    classifier = await classifiers.train(
        Vectors(dimensions, rows),
        [[each.label] for each in known for _ in range(views)],
        exclusive=True,
    )
    seconds = time.perf_counter() - started
    scores = await classifiers.classify(
        classifier, Vectors(dimensions, b"".join(each.whole for each in tested))
    )
    right = sum(
        max(found, key=lambda label: found[label]) == each.label
        for found, each in zip(scores, tested, strict=True)
    )
    evaluation = evaluate(
        [
            Tested(labels=frozenset((each.label,)), scores=found)
            for found, each in zip(scores, tested, strict=True)
        ],
        sorted({each.label for each in known}),
    )
    print(
        f"  {len(known)} learnt, {'with' if with_parts else 'without'} parts: accuracy"
        f" {right / len(tested):.3f} of {len(tested)}, F1 {evaluation.f1:.3f}, {seconds:.1f} s",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main())
