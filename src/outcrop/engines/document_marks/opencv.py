"""Marks in a process of its own: checkboxes by rules about ink, signatures by a small net."""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.document_marks.interface import CheckBox, Signature, Word
from outcrop.engines.media.places import box_of
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.document_marks.opencv_worker",
    extra="vision",
    libraries=("cv2", "numpy", "onnxruntime", "PIL"),
)


class OpenCvMarkFinder(EngineFront):
    """Finds checkboxes and signatures. Belongs to one event loop."""

    program = PROGRAM

    async def checkboxes(self, image: bytes, words: Sequence[Word]) -> list[CheckBox]:
        """See `MarkFinder.checkboxes`."""
        return [
            CheckBox(box=tuple(box), is_ticked=is_ticked, score=score)
            for box, is_ticked, score in await self._found("checkboxes", image, words)
        ]

    async def signatures(self, image: bytes, words: Sequence[Word]) -> list[Signature]:
        """See `MarkFinder.signatures`."""
        return [
            Signature(box=tuple(box), score=score)
            for box, score in await self._found("signatures", image, words)
        ]

    async def _found(self, kind: str, image: bytes, words: Sequence[Word]) -> Any:
        known = [[word.text, box_of(tuple(word.polygon)), word.score] for word in words]
        return (await self._engine.ask({"find": kind, "words": known}, image)).value
