"""Labels by EfficientNet-Lite0, which tells ImageNet's 1,000 classes, in a worker process.

Where NanoDet's weights are, too, it finds the places of COCO's 80 classes.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

import asyncio
import dataclasses
from typing import Any

from outcrop.engines.image_labels.interface import ImageVectors, Instance, Label
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

WEIGHTS, DETECTOR_WEIGHTS = "efficientnet-lite0", "nanodet-g"
PROGRAM = EngineProgram(
    module="outcrop.engines.image_labels.efficientnet_worker",
    libraries=("numpy", "onnxruntime", "PIL"),
    extra="vision",
    weights={"model": WEIGHTS},
)
PROGRAM_WITH_DETECTOR = dataclasses.replace(
    PROGRAM, weights={**PROGRAM.weights, "detector": DETECTOR_WEIGHTS}
)


class EfficientNetImageLabeler:
    """See `ImageLabeler`. The process starts with the first image."""

    def __init__(self, store: WeightStore, settings: WorkerSettings | None = None) -> None:
        self._store = store
        self._settings = settings
        self._engine: WorkerEngine | None = None
        self._finds_instances = False

    @property
    def finds_instances(self) -> bool:
        """See `ImageLabeler.finds_instances`; known from the first image on."""
        return self._finds_instances

    async def label(self, image: bytes, *, least_score: float) -> list[Label]:
        """See `ImageLabeler.label`."""
        engine = await self._chosen()
        answer = await engine.ask({"least_score": least_score}, image)
        return [_label(*told) for told in answer.value]

    async def vectors(self, image: bytes, *, with_crops: bool) -> ImageVectors:
        """See `ImageLabeler.vectors`."""
        engine = await self._chosen()
        answer = await engine.ask({"vectors": True, "with_crops": with_crops}, image)
        return ImageVectors(rows=answer.blob, **answer.value)

    async def close(self) -> None:
        """Stop the process, if it runs."""
        if self._engine is not None:
            await self._engine.close()

    async def _chosen(self) -> WorkerEngine:
        """Return the program that uses the weights that are there."""
        has_detector = await asyncio.to_thread(self._store.is_present, DETECTOR_WEIGHTS)
        if self._engine is None or has_detector != self._finds_instances:
            before, self._finds_instances = self._engine, has_detector
            program = PROGRAM_WITH_DETECTOR if has_detector else PROGRAM
            self._engine = WorkerEngine(program, self._store, settings=self._settings)
            if before is not None:
                await before.close()
        return self._engine


def _label(
    name: str, score: float, parents: Any, aliases: Any, category: str, instances: Any
) -> Label:
    return Label(
        name=name,
        score=score,
        parents=tuple(parents),
        aliases=tuple(aliases),
        category=category,
        instances=tuple(
            Instance(left=left, top=top, width=width, height=height, score=likely)
            for likely, left, top, width, height in instances
        ),
    )
