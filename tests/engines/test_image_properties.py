"""What is measured of images and of parts of them."""

import pytest
from PIL import Image

from outcrop.engines.image_properties.pixels import PixelImageMeter
from tests.pages import png
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio


async def test_parts_have_their_own_colours():
    image = Image.new("RGB", (100, 100), "red")
    image.paste("blue", (50, 0, 100, 100))
    meter = PixelImageMeter(small_weights())
    try:
        measured = await meter.measure(
            png(image), parts=[(0.0, 0.0, 0.5, 1.0), (0.25, 0.5, 0.75, 1.5), (1.0, 1.0, 1.0, 1.0)]
        )
    finally:
        await meter.close()

    colors = [[each.plain_name for each in part] for part in measured.part_colors]
    # What reaches beyond the image is cut off; what has no pixel has the nearest one.
    assert colors[0] == ["red"]
    assert sorted(colors[1]) == ["blue", "red"]
    assert colors[2] == ["blue"]
    assert sorted(each.plain_name for each in measured.colors) == ["blue", "red"]
