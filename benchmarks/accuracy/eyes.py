"""How well open eyes are told from closed ones, on the photographs that packages carry.

    python -m benchmarks.accuracy.eyes

The faces are those of `benchmarks.accuracy.faces`, each cut out and changed as there. Which eyes
are closed was seen by eye: those of three women who look down. Three that laugh or squint are
counted by themselves.
"""

import asyncio
from collections.abc import Sequence

from PIL import Image

from benchmarks.accuracy.faces import VARIANTS, encoded, pictures
from outcrop.engines.faces.interface import Face
from outcrop.engines.faces.onnx import OnnxFaceFinder
from tests.vision_weights import vision_weights

CLOSED = {("group 1", 0), ("group 2", 0), ("group 2", 1)}
NARROW = {("group 4", 2), ("group 4", 3), ("group 5", 2)}
"""By picture and place, the largest face first."""
AROUND = 0.5
"""Of a face's size, on each side of it."""


async def main() -> None:
    """Print how far lids are apart, as parts of the eyes' widths."""
    finder = OnnxFaceFinder(vision_weights())
    told: dict[tuple[str, str], list[float]] = {}
    for picture in pictures():
        for place, face in enumerate(await finder.find(encoded(picture.image))):
            where = picture.name, place
            kind = "closed" if where in CLOSED else "narrow" if where in NARROW else "open"
            cut = around(picture.image, face)
            for change, changed in {"as it is": lambda image: image, **VARIANTS}.items():
                found = await finder.find(encoded(changed(cut)), eyes=True)
                told.setdefault((kind, change), []).append(_gap(found))
    await finder.close()
    for (kind, change), gaps in told.items():
        known = [gap for gap in gaps if gap >= 0]
        spread = f"{min(known):.3f} to {max(known):.3f}" if known else "-"
        print(f"{kind}, {change}: {len(gaps)} faces, {len(gaps) - len(known)} unknown, {spread}")


def around(image: Image.Image, face: Face) -> Image.Image:
    """Return a face with as much as its size around it."""
    box = face.box
    left, top = box.left - AROUND * box.width, box.top - AROUND * box.height
    right, bottom = left + (1 + 2 * AROUND) * box.width, top + (1 + 2 * AROUND) * box.height
    width, height = image.size
    return image.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )


def _gap(found: Sequence[Face]) -> float:
    """Return the gap between the lids of the largest face, -1.0 if it is not known."""
    gap = found[0].lids_apart if found else None
    return -1.0 if gap is None else gap


if __name__ == "__main__":
    asyncio.run(main())
