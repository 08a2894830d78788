"""PDFs by PDFium and TIFFs by Pillow, in a process of its own.

Source: https://pypdfium2.readthedocs.io/
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from outcrop.engines.document_pages.interface import DocumentPage, PrintedLine, PrintedWord
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

PROGRAM = EngineProgram(
    module="outcrop.engines.document_pages.pdfium_worker",
    extra="vision",
    libraries=("PIL", "pypdfium2"),
    config={"memory_limit_mib": 3072},
)


def _ignore(_: Any) -> None:
    pass


class PdfiumPages:
    """Draws pages and reads their text layers. Belongs to one event loop."""

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

    async def count(self, document: Path) -> int:
        """See `DocumentPages.count`."""
        return (await self._engine.ask({"document": str(document)})).value

    async def page(self, document: Path, number: int, *, needs_image: bool = True) -> DocumentPage:
        """See `DocumentPages.page`."""
        frame = await self._engine.ask(
            {"document": str(document), "page": number, "needs_image": needs_image}
        )
        lines = None
        if frame.value is not None:
            lines = tuple(
                PrintedLine(tuple(PrintedWord(text, tuple(box)) for text, box in line))
                for line in frame.value
            )
        return DocumentPage(image=frame.blob, lines=lines)

    async def close(self) -> None:
        """Stop the process."""
        await self._engine.close()
