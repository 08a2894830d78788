"""PP-OCR by ONNX Runtime, in a process of its own.

Source: https://github.com/PaddlePaddle/PaddleOCR
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.ocr.interface import Line, Polygon, Reading, Word
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.ocr.paddle_worker",
    extra="vision",
    libraries=("cv2", "numpy", "onnxruntime", "PIL"),
    weights={"model": "pp-ocrv6-small"},
)


class PaddleReader(EngineFront):
    """PP-OCRv6, small: finds lines, turns them upright, reads them. Belongs to one event loop."""

    program = PROGRAM

    async def read(self, image: bytes) -> Reading:
        """See `Reader.read`."""
        told = (await self._engine.ask(None, image)).value
        return Reading(
            width=told["width"],
            height=told["height"],
            lines=tuple(_line(line) for line in told["lines"]),
        )


def _line(told: Any) -> Line:
    return Line(
        text=told["text"],
        score=told["score"],
        polygon=_polygon(told["polygon"]),
        words=tuple(
            Word(text=word["text"], score=word["score"], polygon=_polygon(word["polygon"]))
            for word in told["words"]
        ),
        rotation_degrees=told["rotation"],
    )


def _polygon(points: Sequence[Sequence[float]]) -> Polygon:
    return tuple((x, y) for x, y in points)
