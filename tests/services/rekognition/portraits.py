"""Portraits, and what becomes of them: mirrored, dark, small, turned, side by side."""

import io
from collections.abc import Callable, Mapping

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

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


def crowd(columns: int, rows: int) -> bytes:
    """Return a picture of the astronaut's face, as many times."""
    one = picture(ASTRONAUT).crop((160, 40, 300, 200)).resize((120, 130))
    wide = Image.new("RGB", (columns * 140, rows * 140), "gray")
    for place in range(columns * rows):
        wide.paste(one, (place % columns * 140, place // columns * 140))
    return jpeg(wide)


def darker(image: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(factor)


def with_closed_eyes(image: Image.Image, places: Mapping[str, tuple[float, float]]) -> bytes:
    """Return a portrait with lids drawn over its eyes, where its landmarks say they are."""
    shut = image.copy()
    pen = ImageDraw.Draw(shut)
    for side in ("left", "right"):
        left, right = (places[f"{side}Eye{end}"] for end in ("Left", "Right"))
        width = (right[0] - left[0]) * image.width
        x, y = (left[0] + right[0]) / 2 * image.width, (left[1] + right[1]) / 2 * image.height
        skin = image.getpixel((int(x), int(y + 0.55 * width)))
        lid = x - 0.62 * width, y - 0.38 * width, x + 0.62 * width, y + 0.3 * width
        lashes = x - 0.5 * width, y - 0.2 * width, x + 0.5 * width, y + 0.22 * width
        pen.ellipse(lid, fill=skin)
        pen.arc(lashes, 20, 160, fill=(40, 25, 20), width=max(2, int(0.07 * width)))
    return jpeg(Image.blend(shut, shut.filter(ImageFilter.GaussianBlur(1)), 0.8))


VARIANTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": ImageOps.mirror,
    "dark": lambda image: darker(image, 0.5),
    "half as large": lambda image: image.resize((image.width // 2, image.height // 2)),
    "turned by 20 degrees": lambda image: image.rotate(20),
}


def variant(name: str, kind: str) -> bytes:
    return jpeg(VARIANTS[kind](picture(name)))
