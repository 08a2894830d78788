"""Documents and pictures that come with a request: read into text, or fetched from S3."""

import re
from typing import cast, get_args

from outcrop.aws.errors import ServiceError
from outcrop.engines.chat.interface import Text
from outcrop.engines.documents.interface import (
    DocumentError,
    DocumentKind,
    DocumentReaderUnavailableError,
)
from outcrop.operations import Call
from outcrop.services.bedrock_runtime import shapes

_S3_URI = re.compile(r"s3://([^/]+)/(.+)", re.DOTALL)
_KINDS: tuple[str, ...] = get_args(DocumentKind)


class Attachments:
    """What one call attaches."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def document(self, content: bytes, kind: str, name: str = "") -> Text:
        """Return a document's words, marked as such.

        Args:
            content: The file.
            kind: Its format: `pdf`.
            name: What the caller calls it.

        Raises:
            ServiceError: The format is not read here, or the file is not of that format.
        """
        if kind not in _KINDS:
            raise shapes.ValidationException(
                f"Documents in the {kind} format are not read here; convert them to one of "
                f"{', '.join(_KINDS)} and try again."
            )
        try:
            reader = self._call.backends.engines.documents
            text = await reader.read(content, cast("DocumentKind", kind))
        except DocumentReaderUnavailableError as error:
            raise shapes.ServiceUnavailableException(str(error)) from error
        except DocumentError as error:
            raise shapes.ValidationException(f"The document {name}: {error}") from error
        return told(text, name)

    async def fetch(self, uri: str) -> bytes:
        """Return the object that an S3 URI names.

        Raises:
            ServiceError: There is none, or the URI is malformed.
        """
        found = _S3_URI.fullmatch(uri)
        if found is None:
            raise shapes.ValidationException(f"The S3 URI {uri} is invalid.")
        try:
            return await self._call.objects.read(found[1], found[2])
        except ServiceError as error:
            raise shapes.ValidationException(f"{uri} cannot be read: {error.message}") from error


def told(text: str, name: str = "") -> Text:
    """Return a document's words as a part of a message."""
    title = f' name="{name}"' if name else ""
    return Text(f"<document{title}>\n{text.strip()}\n</document>")
