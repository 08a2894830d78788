"""Image properties by Pillow and NumPy, in a worker process."""

from collections.abc import Sequence

from outcrop.engines.image_properties.interface import DominantColor, ImageProperties
from outcrop.engines.media.places import Box
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.image_properties.pixels_worker",
    libraries=("numpy", "PIL"),
    extra="vision",
)


class PixelImageMeter(EngineFront):
    """See `ImageMeter`. The process starts with the first image."""

    program = PROGRAM

    async def measure(self, image: bytes, *, parts: Sequence[Box] = ()) -> ImageProperties:
        """See `ImageMeter.measure`."""
        value = (await self._engine.ask([list(part) for part in parts], image)).value
        colors, *part_colors = (
            [DominantColor(**color) for color in each] for each in value.pop("colors")
        )
        return ImageProperties(**value, colors=colors, part_colors=part_colors)
