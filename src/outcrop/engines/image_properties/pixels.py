"""Image properties by Pillow and NumPy, in a worker process."""

from outcrop.engines.image_properties.interface import DominantColor, ImageProperties
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.image_properties.pixels_worker",
    libraries=("numpy", "PIL"),
    extra="vision",
)


class PixelImageMeter:
    """See `ImageMeter`. The process starts with the first image."""

    def __init__(self, store: WeightStore, settings: WorkerSettings | None = None) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings)

    async def measure(self, image: bytes) -> ImageProperties:
        """See `ImageMeter.measure`."""
        value = (await self._engine.ask(None, image)).value
        colors = tuple(DominantColor(**color) for color in value.pop("colors"))
        return ImageProperties(**value, colors=colors)

    async def close(self) -> None:
        """Stop the process, if it runs."""
        await self._engine.close()
