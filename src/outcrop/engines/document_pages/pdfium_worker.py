"""The process that takes documents apart. Run by `PdfiumPages`."""

import resource
from collections.abc import Callable, Generator
from pathlib import Path
from threading import Lock
from typing import Any

from outcrop.engines.document_pages.files import DrawnPage, count_pages, draw_page
from outcrop.engines.media.images import TOO_LARGE
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Set the limits; the libraries are there already."""
    report({"loading": "PDFium"})
    memory = config["memory_limit_mib"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    turn = Lock()  # PDFium may be asked by one thread at a time.

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer `count` with a number, and `page` with its picture and lines."""
        document = Path(request.value["document"])
        try:
            with turn:
                if "page" not in request.value:
                    yield Frame(count_pages(document))
                    return
                page = draw_page(
                    document, request.value["page"], needs_image=request.value["needs_image"]
                )
        except MemoryError as error:
            raise child.RefusedError(TOO_LARGE, "It takes more memory than it may.") from error
        yield Frame(_told(page), page.image)

    return child.Ready(handle=handle)


def _told(page: DrawnPage) -> Any:
    if page.lines is None:
        return None
    width, height = page.size
    return [
        [
            [
                word.text,
                [
                    min(1.0, max(0.0, side / whole))
                    for side, whole in zip(word.box, (width, height, width, height), strict=True)
                ],
            ]
            for word in line
        ]
        for line in page.lines
    ]


if __name__ == "__main__":
    child.serve(start)
