"""The texts of documents, as the translator takes them, and back into the documents."""

from collections.abc import Sequence

from outcrop.engines.document_texts.interface import DocumentKind, UneditableDocumentError
from outcrop.engines.translation.interface import Passage
from outcrop.engines.workers.engine import EngineError
from outcrop.operations import Call
from outcrop.services.translate import shapes


async def passages_of(call: Call, content: bytes, kind: DocumentKind) -> list[Passage]:
    """Return the passages of a document; a plain text is one.

    Raises:
        InvalidRequestException: It is damaged, of another kind, or not in UTF-8.
    """
    if kind == "txt":
        try:
            return [Passage([content.decode()])]
        except UnicodeDecodeError as error:
            raise shapes.InvalidRequestException("The document is not encoded in UTF-8.") from error
    try:
        found = await call.backends.engines.document_texts.passages(content, kind)
    except UneditableDocumentError as error:
        raise shapes.InvalidRequestException(str(error)) from error
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
    return [Passage(passage.runs, passage.marks) for passage in found]


async def written(
    call: Call, content: bytes, kind: DocumentKind, texts: Sequence[Sequence[str]]
) -> bytes:
    """Return a document with other texts in its passages."""
    if kind == "txt":
        return texts[0][0].encode()
    try:
        return await call.backends.engines.document_texts.replaced(content, kind, texts)
    except EngineError as error:
        raise shapes.InternalServerException(str(error)) from error
