"""Encoded images as arrays of one size, changed by chance where that is asked for.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/IC-Hyperparameter.html
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from outcrop_runtime.image_classification.parameters import AUGMENTATIONS

COLORS = (36, 50, 50)
"""How far hue, saturation and lightness may go, of 255."""
ANGLE_DEGREES, SHEAR, ASPECT = 10.0, 0.1, 0.25


@dataclass(frozen=True, slots=True)
class Frame:
    """What images are cut to."""

    channels: int
    height: int
    width: int
    shorter: int | None = None
    """The shorter side before they are cut; `None`: as short as may be."""

    def open(self, source: Path | bytes) -> Image.Image:
        """Return an image that covers the frame.

        Raises:
            ValueError: It is none that can be read.
        """
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        try:
            with Image.open(file) as image:
                return self._scaled(image.convert("L" if self.channels == 1 else "RGB"))
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as error:
            name = "" if isinstance(source, bytes) else f"{source.name}: "
            raise ValueError(f"{name}not an image that can be read: {error}") from error

    def middle(self, image: Image.Image) -> Any:
        """Return an image's middle: uint8, (channels, height, width)."""
        left, top = (image.width - self.width) // 2, (image.height - self.height) // 2
        return self._cut(image, left, top)

    def by_chance(self, image: Image.Image, kind: str, chance: np.random.Generator) -> Any:
        """Return a part of an image, changed as an augmentation does: uint8, as `middle`."""
        level = AUGMENTATIONS.index(kind)
        if level >= 2:
            image = _transformed(image, chance)
        if level >= 1 and self.channels == 3:
            image = _recolored(image, chance)
        if chance.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        left = int(chance.integers(image.width - self.width + 1))
        top = int(chance.integers(image.height - self.height + 1))
        return self._cut(image, left, top)

    def _scaled(self, image: Image.Image) -> Image.Image:
        least = max(self.width / image.width, self.height / image.height)
        wanted = (self.shorter or 0) / min(image.width, image.height)
        scale = max(least, wanted)
        size = (
            max(self.width, round(image.width * scale)),
            max(self.height, round(image.height * scale)),
        )
        return image if size == image.size else image.resize(size, Image.Resampling.BILINEAR)

    def _cut(self, image: Image.Image, left: int, top: int) -> Any:
        box = (left, top, left + self.width, top + self.height)
        pixels = np.asarray(image.crop(box), dtype=np.uint8)
        return pixels[None] if self.channels == 1 else pixels.transpose(2, 0, 1)


def _recolored(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    colors = np.asarray(image.convert("HSV"), dtype=np.int16)
    moved = colors + np.array([chance.integers(-most, most + 1) for most in COLORS])
    moved[..., 0] %= 256  # Hues are a circle.
    whole = np.clip(moved, 0, 255).astype(np.uint8)
    return Image.fromarray(whole, "HSV").convert("RGB")


def _transformed(image: Image.Image, chance: np.random.Generator) -> Image.Image:
    turned = image.rotate(chance.uniform(-ANGLE_DEGREES, ANGLE_DEGREES), Image.Resampling.BILINEAR)
    shear, aspect = chance.uniform(-SHEAR, SHEAR), 1 + chance.uniform(-ASPECT, ASPECT)
    x, y = image.width / 2, image.height / 2
    matrix = (aspect, shear, x - aspect * x - shear * y, 0, 1, 0)
    return turned.transform(image.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)


def stacked(frame: Frame, sources: Sequence[Path | bytes]) -> Any:
    """Return the middles of images: uint8, (images, channels, height, width)."""
    return np.stack([frame.middle(frame.open(one)) for one in sources])
