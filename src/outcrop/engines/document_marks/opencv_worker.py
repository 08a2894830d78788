"""The process that looks for marks. Run by `OpenCvMarkFinder`."""

from collections.abc import Callable, Generator
from typing import Any

from outcrop.engines.document_marks.checkboxes import find_checkboxes
from outcrop.engines.document_marks.ink import PixelBox, ReadWord, ink_of
from outcrop.engines.media.images import read_image
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(_config: Any, _report: Callable[[Any], None]) -> child.Ready:
    """Make ready; nothing is loaded."""

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the checkboxes of a page."""
        page = read_image(request.blob)
        height, width = page.shape[:2]
        words = [
            ReadWord(text, _pixels(box, width, height)) for text, box in request.value["words"]
        ]
        yield Frame(
            [
                [_relative(each.box, width, height), each.is_ticked, each.score]
                for each in find_checkboxes(ink_of(page), words)
            ]
        )

    return child.Ready(handle=handle)


def _pixels(box: list[float], width: int, height: int) -> PixelBox:
    left, top, right, bottom = box
    return round(left * width), round(top * height), round(right * width), round(bottom * height)


def _relative(box: PixelBox, width: int, height: int) -> list[float]:
    left, top, right, bottom = box
    return [left / width, top / height, right / width, bottom / height]


if __name__ == "__main__":
    child.serve(start)
