"""Pictures, decoded within limits; for workers, as Pillow and NumPy are imported."""

import io
import warnings
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from outcrop.engines.workers.child import RefusedError

UNREADABLE = "unreadable"
"""The refusal of what is damaged, or no picture at all."""
UNSUPPORTED = "unsupported"
"""The refusal of a picture of another format."""
TOO_LARGE = "too large"
"""The refusal of a picture with more pixels than it may have, whatever its file weighs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageLimits:
    """What a picture may be."""

    formats: Collection[str] = ("JPEG", "PNG")
    """As Pillow names them."""
    most_pixels: int = 100_000_000
    longest_side: int = 10_000
    """In pixels."""


def read_image(content: bytes, limits: ImageLimits | None = None) -> npt.NDArray[np.uint8]:
    """Return a picture as it is seen: uint8, (height, width, 3), RGB.

    Orientation tags are obeyed; what is transparent is white.

    Args:
        content: The file.
        limits: Checked by the file's header, before a pixel is decoded.

    Raises:
        RefusedError: Of the kinds above.
    """
    limits = limits or ImageLimits()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as image:
                _check(image, limits)
                # In place: a copy of the largest picture takes 400 MB.
                ImageOps.exif_transpose(image, in_place=True)
                return np.asarray(opaque(image))
    except Image.DecompressionBombError as error:
        raise RefusedError(
            TOO_LARGE, f"The picture has more than {limits.most_pixels} pixels."
        ) from error
    except UnidentifiedImageError as error:
        raise RefusedError(UNREADABLE, "It is no picture of a known format.") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # What decoders raise.
        raise RefusedError(UNREADABLE, f"The picture is damaged: {error}") from error


def _check(image: Image.Image, limits: ImageLimits) -> None:
    if image.format not in limits.formats:
        raise RefusedError(
            UNSUPPORTED,
            f"The format {image.format} is not read; these are: {', '.join(limits.formats)}.",
        )
    width, height = image.size
    if width * height > limits.most_pixels or max(width, height) > limits.longest_side:
        raise RefusedError(
            TOO_LARGE,
            f"The picture has {width} x {height} pixels; at most {limits.longest_side} a side"
            f" and {limits.most_pixels} in all are read.",
        )


def opaque(image: Image.Image) -> Image.Image:
    """Return a picture in RGB, on white where it is transparent."""
    if image.mode.startswith("I;16"):  # Pillow cuts 16 bits off at 255, and sees white.
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")
