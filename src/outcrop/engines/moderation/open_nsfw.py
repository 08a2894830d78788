"""Moderation by Yahoo's open_nsfw, in a worker process.

Source: https://github.com/yahoo/open_nsfw
"""

from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.moderation.open_nsfw_worker",
    libraries=("numpy", "onnxruntime", "PIL"),
    extra="vision",
    weights={"model": "open-nsfw"},
)


class OpenNsfwModerator(EngineFront):
    """See `ImageModerator`. The process starts with the first image."""

    program = PROGRAM

    async def explicitness(self, image: bytes) -> float:
        """See `ImageModerator.explicitness`."""
        return (await self._engine.ask(None, image)).value
