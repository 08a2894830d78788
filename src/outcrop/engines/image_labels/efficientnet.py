"""Labels by EfficientNet-Lite0, which tells ImageNet's 1,000 classes, in a worker process.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from outcrop.engines.image_labels.interface import Label
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

WEIGHTS = "efficientnet-lite0"
PROGRAM = EngineProgram(
    module="outcrop.engines.image_labels.efficientnet_worker",
    libraries=("numpy", "onnxruntime", "PIL"),
    extra="vision",
    weights={"model": WEIGHTS},
)


class EfficientNetImageLabeler:
    """See `ImageLabeler`. The process starts with the first image."""

    def __init__(self, store: WeightStore, settings: WorkerSettings | None = None) -> None:
        self._engine = WorkerEngine(PROGRAM, store, settings=settings)

    async def label(self, image: bytes, *, least_score: float) -> list[Label]:
        """See `ImageLabeler.label`."""
        answer = await self._engine.ask({"least_score": least_score}, image)
        return [
            Label(
                name=name,
                score=score,
                parents=tuple(parents),
                aliases=tuple(aliases),
                category=category,
            )
            for name, score, parents, aliases, category in answer.value
        ]

    async def close(self) -> None:
        """Stop the process, if it runs."""
        await self._engine.close()
