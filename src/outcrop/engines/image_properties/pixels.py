"""Image properties by Pillow and NumPy, in a worker process."""

from outcrop.engines.image_properties.interface import DominantColor, ImageProperties
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.image_properties.pixels_worker",
    libraries=("numpy", "PIL"),
    extra="vision",
)


class PixelImageMeter(EngineFront):
    """See `ImageMeter`. The process starts with the first image."""

    program = PROGRAM

    async def measure(self, image: bytes) -> ImageProperties:
        """See `ImageMeter.measure`."""
        value = (await self._engine.ask(None, image)).value
        colors = tuple(DominantColor(**color) for color in value.pop("colors"))
        return ImageProperties(**value, colors=colors)
