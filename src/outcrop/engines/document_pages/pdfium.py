"""PDFs by PDFium and TIFFs by Pillow, in a process of its own.

Source: https://pypdfium2.readthedocs.io/
"""

from pathlib import Path

from outcrop.engines.document_pages.interface import DocumentPage, PrintedLine, PrintedWord
from outcrop.engines.workers.engine import EngineFront, EngineProgram

PROGRAM = EngineProgram(
    module="outcrop.engines.document_pages.pdfium_worker",
    extra="vision",
    libraries=("PIL", "pypdfium2"),
    config={"memory_limit_mib": 3072},
)


class PdfiumPages(EngineFront):
    """Draws pages and reads their text layers. Belongs to one event loop."""

    program = PROGRAM

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
