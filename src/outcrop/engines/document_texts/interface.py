"""What every editor of documents promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from outcrop.engines.workers.engine import EngineError

DocumentKind = Literal["txt", "html", "docx", "pptx", "xlsx"]
"""The formats, by the endings of their files' names."""


class UneditableDocumentError(EngineError):
    """The file is damaged, of another format, not in UTF-8, or takes more than it may."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, cell: what belongs together."""

    runs: Sequence[str]
    """Its texts between marks."""
    marks: Sequence[str]
    """One less: what stands between, told as a tag: `<b>`, `</b>`, `<br/>`."""


class DocumentEditor(Protocol):
    """Takes texts out of documents and puts others in their places."""

    async def passages(self, content: bytes, kind: DocumentKind) -> list[Passage]:
        """Return the passages of a document in their order; those without a text are left out.

        Raises:
            EngineError: See its subclasses.
        """
        ...

    async def replaced(
        self, content: bytes, kind: DocumentKind, texts: Sequence[Sequence[str]]
    ) -> bytes:
        """Return the document with other runs in its passages, as many as each had.

        Raises:
            EngineError: See its subclasses.
        """
        ...
