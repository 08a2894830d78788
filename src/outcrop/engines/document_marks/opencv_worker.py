"""The process that looks for marks. Run by `OpenCvMarkFinder`."""

from collections.abc import Callable, Generator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from outcrop.engines.document_marks.checkboxes import find_checkboxes
from outcrop.engines.document_marks.ink import PixelBox, ReadWord, ink_of
from outcrop.engines.document_marks.signatures import SignatureFinder
from outcrop.engines.media.images import read_image
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

LONGEST_SIDE = 3000
"""In pixels: larger pages are made smaller before they are looked at."""


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Load the net that finds signatures."""
    signatures = SignatureFinder()

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the marks of a page."""
        page = _small(read_image(request.blob))
        height, width = page.shape[:2]
        words = [
            ReadWord(text, _pixels(box, width, height), score)
            for text, box, score in request.value["words"]
        ]
        if request.value["find"] == "signatures":
            signed = signatures.find(page, words)
            yield Frame([[_relative(each.box, width, height), each.score] for each in signed])
            return
        yield Frame(
            [
                [_relative(each.box, width, height), each.is_ticked, each.score]
                for each in find_checkboxes(ink_of(page), words)
            ]
        )

    return child.Ready(handle=handle)


def _small(page: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a page no larger than it need be: uint8, (height, width, 3), RGB."""
    scale = LONGEST_SIDE / max(page.shape[:2])
    if scale >= 1:
        return page
    size = (max(1, round(page.shape[1] * scale)), max(1, round(page.shape[0] * scale)))
    return np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.uint8)


def _pixels(box: list[float], width: int, height: int) -> PixelBox:
    left, top, right, bottom = box
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _relative(box: PixelBox, width: int, height: int) -> list[float]:
    left, top, right, bottom = box
    return [left / width, top / height, right / width, bottom / height]


if __name__ == "__main__":
    child.serve(start)
