"""Moderation by Yahoo's open_nsfw, in a worker process.

Source: https://github.com/yahoo/open_nsfw
"""

from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.moderation.open_nsfw_worker",
    libraries=("numpy", "onnxruntime", "PIL"),
    extra="vision",
    weights={"model": "open-nsfw"},
)


class OpenNsfwModerator:
    """See `ImageModerator`. The process starts with the first image."""

    def __init__(self, store: WeightStore, settings: WorkerSettings | None = None) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings)

    async def explicitness(self, image: bytes) -> float:
        """See `ImageModerator.explicitness`."""
        return (await self._engine.ask(None, image)).value

    async def close(self) -> None:
        """Stop the process, if it runs."""
        await self._engine.close()
