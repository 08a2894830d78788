"""Marks by OpenCV, in a process of its own: rules about ink, no model."""

from collections.abc import Sequence

from outcrop.engines.document_marks.interface import CheckBox, Word
from outcrop.engines.media.places import box_of
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.document_marks.opencv_worker",
    extra="vision",
    libraries=("cv2", "numpy", "PIL"),
)


class OpenCvMarkFinder(EngineFront):
    """Finds checkboxes. Belongs to one event loop."""

    program = PROGRAM

    async def checkboxes(self, image: bytes, words: Sequence[Word]) -> list[CheckBox]:
        """See `MarkFinder.checkboxes`."""
        known = [[word.text, box_of(tuple(word.polygon))] for word in words]
        return [
            CheckBox(box=tuple(box), is_ticked=is_ticked, score=score)
            for box, is_ticked, score in (await self._engine.ask({"words": known}, image)).value
        ]
