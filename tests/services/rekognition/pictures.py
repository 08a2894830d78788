"""Pictures of patterns to tell apart: stripes and dots, in colours that say nothing."""

import io
import random

from PIL import Image, ImageDraw

SIDE = 112


def picture(pattern: str, seed: int) -> bytes:
    """Return a PNG file; the same for the same seed."""
    chance = random.Random(f"{pattern}{seed}")
    dark = tuple(chance.randrange(100) for _ in range(3))
    light = tuple(chance.randrange(150, 256) for _ in range(3))
    image = Image.new("RGB", (SIDE, SIDE), dark)
    draw = ImageDraw.Draw(image)
    step = chance.randrange(14, 22)
    shift = chance.randrange(step)
    for left in range(shift - step, SIDE, step):
        if "stripes" in pattern:
            draw.rectangle((left, 0, left + step // 4, SIDE), fill=light)
        if "dots" in pattern:
            for top in range(shift - step, SIDE, step):
                middle = left + step // 2
                draw.ellipse((middle, top, middle + step // 3, top + step // 3), fill=light)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def tiny() -> bytes:
    """Return a PNG file that is too small to learn from."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(file, "PNG")
    return file.getvalue()
