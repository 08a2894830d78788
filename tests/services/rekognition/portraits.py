"""Portraits, and what becomes of them: mirrored, dark, small, turned, side by side."""

import io
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageOps

from tests.photographs import photograph

ASTRONAUT, ADMIRAL = "astronaut.png", "grace_hopper.jpg"


def picture(name: str) -> Image.Image:
    return Image.open(io.BytesIO(photograph(name))).convert("RGB")


def jpeg(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


def without_face() -> bytes:
    return jpeg(Image.new("RGB", (200, 200), "teal"))


def together(*names: str) -> bytes:
    """Return pictures beside one another."""
    pictures = [ImageOps.contain(picture(name), (400, 400)) for name in names]
    wide = Image.new("RGB", (sum(each.width for each in pictures), 400))
    left = 0
    for each in pictures:
        wide.paste(each, (left, 0))
        left += each.width
    return jpeg(wide)


def darker(image: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(factor)


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "dark": lambda image: darker(image, 0.5),
    "half as large": lambda image: image.resize((image.width // 2, image.height // 2)),
    "turned by 20 degrees": lambda image: image.rotate(20),
}


def variant(name: str, kind: str) -> bytes:
    return jpeg(VARIANTS[kind](picture(name)))
