"""The reader of documents, as the settings ask for it."""

from typing import TYPE_CHECKING

from outcrop.engines.documents.interface import DocumentKind
from outcrop.engines.documents.settings import DocumentsSettings

if TYPE_CHECKING:
    from outcrop.engines.documents.sandboxed import SandboxedDocumentReader


class LazyDocuments:
    """Makes the reader, and imports what it needs, with the first document."""

    def __init__(self, settings: DocumentsSettings) -> None:
        self._settings = settings
        self._reader: SandboxedDocumentReader | None = None

    async def read(self, content: bytes, kind: DocumentKind) -> str:
        """See `DocumentReader.read`."""
        from outcrop.engines.documents.sandboxed import SandboxedDocumentReader

        if self._reader is None:
            self._reader = SandboxedDocumentReader(self._settings)
        return await self._reader.read(content, kind)

    async def close(self) -> None:
        """Stop the reader, if one was made."""
        if self._reader is not None:
            await self._reader.close()
