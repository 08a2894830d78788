"""Pages that tests draw, with the places of what is on them."""

import io
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

Place = tuple[float, float, float, float]
"""Left, top, right, bottom, relative to width and height."""


FONTS = Path(reportlab.__file__).parent / "fonts"


class Page:
    """A white page to write on; it remembers where each word went."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.places: dict[str, list[Place]] = {}

    def write(
        self, text: str, x: float, y: float, *, size: float = 28, is_bold: bool = False
    ) -> None:
        """Write a line of text whose top left corner is at a place, in pixels."""
        font = ImageFont.truetype(FONTS / ("VeraBd.ttf" if is_bold else "Vera.ttf"), size)
        self.draw.text((x, y), text, fill="black", font=font)
        width, height = self.image.size
        places: list[Place] = []
        at = 0
        for word in text.split():
            at = text.index(word, at)
            start = x + font.getlength(text[:at])
            left, top, right, bottom = font.getbbox(word)
            places.append(
                (
                    (start + left) / width,
                    (y + top) / height,
                    (start + right) / width,
                    (y + bottom) / height,
                )
            )
            at += len(word)
        self.places[text] = places

    def box(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a rectangle, in pixels."""
        self.draw.rectangle((left, top, right, bottom), outline="black", width=2)


def png(image: Image.Image) -> bytes:
    """Return a picture as a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
