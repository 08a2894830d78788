"""Marks by OpenCV, in a process of its own: rules about ink, no model."""

from collections.abc import Callable, Sequence
from typing import Any

from outcrop.engines.document_marks.interface import CheckBox, Word
from outcrop.engines.media.places import box_of
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.document_marks.opencv_worker",
    extra="vision",
    libraries=("cv2", "numpy", "PIL"),
)


def _ignore(_: Any) -> None:
    pass


class OpenCvMarkFinder:
    """Finds checkboxes. Belongs to one event loop."""

    def __init__(
        self,
        store: WeightStore,
        *,
        settings: WorkerSettings | None = None,
        log: Callable[[str], None] = _ignore,
    ) -> None:
        """Prepare; nothing is started yet.

        Args:
            store: Where weights are; it needs none.
            settings: Time limits.
            log: Called with every line that the process writes.
        """
        self._engine = WorkerEngine(PROGRAM, store, settings=settings, log=log)

    async def checkboxes(self, image: bytes, words: Sequence[Word]) -> list[CheckBox]:
        """See `MarkFinder.checkboxes`."""
        known = [[word.text, box_of(tuple(word.polygon))] for word in words]
        return [
            CheckBox(box=tuple(box), is_ticked=is_ticked, score=score)
            for box, is_ticked, score in (await self._engine.ask({"words": known}, image)).value
        ]

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
