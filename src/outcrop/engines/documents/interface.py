"""What every reader of documents promises."""

from typing import Literal, Protocol

DocumentKind = Literal["pdf", "csv", "docx", "xlsx", "html", "txt", "md"]
"""The formats that are read, by the endings of their files' names."""


class DocumentError(Exception):
    """A document could not be read; the subclasses say why."""


class UnreadableDocumentError(DocumentError):
    """The file is damaged, locked by a password, of another format, or holds no words."""


class DocumentTooLargeError(DocumentError):
    """The file, or what it unfolds to, takes more bytes, memory or time than it may."""


class DocumentReaderUnavailableError(DocumentError):
    """The libraries are not there; the message says how to get them."""


class DocumentReader(Protocol):
    """Reads documents into text."""

    async def read(self, content: bytes, kind: DocumentKind) -> str:
        """Return a document's words in reading order: pages, sheets and table rows as lines.

        Args:
            content: The file.
            kind: Its format.

        Raises:
            DocumentError: See its subclasses.
        """
        ...
