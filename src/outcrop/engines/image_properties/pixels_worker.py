"""The process that measures images. Run by `PixelImageMeter`."""

import colorsys
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor

from outcrop.engines.media.images import read_image
from outcrop.engines.media.picture_quality import picture_quality
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

MOST_COLORS = 12
ROUNDS = 10
"""Of k-means after the first guess by median cuts."""
SIDE = 256
"""The longer side, in pixels, of the picture that colours are looked for in."""
DARK, PALE, GREYISH = 0.13, 0.92, 0.03
"""Below, above and below which a colour has no hue: lightness, lightness and Oklab's chroma."""
BROWN_LIGHTNESS = 0.42
"""Orange that is darker is called brown."""
PINK_LIGHTNESS = 0.65
"""Red that is lighter is called pink."""
HUES = (  # in degrees, up to which a hue has the name
    (15, "red"),
    (42, "orange"),
    (68, "yellow"),
    (165, "green"),
    (260, "blue"),
    (300, "purple"),
    (345, "pink"),
    (360, "red"),
)


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Make ready; nothing is loaded."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer an image with its properties, and with the colours of parts of it."""
        pixels = read_image(request.blob)
        parts = [pixels, *(_part(pixels, *box) for box in request.value)]
        colors = [list(_colors(part)) for part in parts]
        yield Frame({**asdict(picture_quality(pixels)), "colors": colors})

    return child.Ready(handle=handle)


def _part(
    pixels: npt.NDArray[np.uint8], left: float, top: float, right: float, bottom: float
) -> npt.NDArray[np.uint8]:
    """Return a part of a picture, one pixel at least."""
    height, width = pixels.shape[:2]
    x, y = min(max(int(left * width), 0), width - 1), min(max(int(top * height), 0), height - 1)
    return pixels[y : max(round(bottom * height), y + 1), x : max(round(right * width), x + 1)]


def _colors(pixels: npt.NDArray[np.uint8]) -> Iterator[Mapping[str, Any]]:
    image = Image.fromarray(pixels)
    image.thumbnail((SIDE, SIDE))
    few = image.quantize(MOST_COLORS, method=Image.Quantize.MEDIANCUT, kmeans=ROUNDS)
    palette = np.array(few.getpalette() or [], np.uint8).reshape(-1, 3)
    numbers, counts = np.unique(np.asarray(few), return_counts=True)
    for place in np.argsort(-counts, kind="stable"):
        rgb = palette[numbers[place]]
        red, green, blue = (int(value) for value in rgb)
        yield {
            "red": red,
            "green": green,
            "blue": blue,
            "css_name": _nearest(rgb, CSS),
            "plain_name": _plain_name(rgb),
            "share": float(counts[place] / counts.sum()),
        }


def _plain_name(rgb: npt.NDArray[np.uint8]) -> str:
    """Return which of the eleven colours that languages have words for it is.

    Source: Berlin and Kay, Basic Color Terms, 1969 (the words; the bounds are ours)
    """
    red, green, blue = (float(value) / 255 for value in rgb)
    hue, lightness, _ = colorsys.rgb_to_hls(red, green, blue)
    if lightness < DARK:
        return "black"
    if lightness > PALE:
        return "white"
    if np.hypot(*_lab(rgb)[1:]) < GREYISH:  # Hardly any, however light the colour is.
        return "gray"
    name = next(name for limit, name in HUES if hue * 360 <= limit)
    if name == "orange" and lightness < BROWN_LIGHTNESS:
        return "brown"
    return "pink" if name == "red" and lightness > PINK_LIGHTNESS else name


def _nearest(rgb: npt.NDArray[np.uint8], named: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """Return the name of the colour that looks most alike."""
    wanted = _lab(rgb)
    return min(named, key=lambda name: float(np.linalg.norm(named[name] - wanted)))


def _lab(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Return a colour of sRGB in Oklab, where distances are as they look.

    Source: https://bottosson.github.io/posts/oklab/
    """
    part = rgb.astype(np.float64) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return _TO_LAB @ np.cbrt(_TO_CONES @ linear)


_TO_CONES = np.array(
    (
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    )
)
_TO_LAB = np.array(
    (
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    )
)
CSS = {name: _lab(np.array(ImageColor.getrgb(name)[:3], np.uint8)) for name in ImageColor.colormap}


if __name__ == "__main__":
    child.serve(start)
