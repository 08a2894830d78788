"""The documents of a job: files in S3, or lines of such files.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/api-async-insights.html
"""

import re
from collections.abc import AsyncIterator, Container, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFailedError
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.documents.kinds import OF_JOBS, FileKind, kind_of
from outcrop.services.comprehend.documents.page import InputDocument
from outcrop.services.comprehend.documents.reading import read_pages

PER_FILE = "ONE_DOC_PER_FILE"
PER_LINE = "ONE_DOC_PER_LINE"
"""Also of an `InputDataConfig` without `InputFormat`."""
TOO_LONG = "DOCUMENT_SIZE_EXCEEDED"
NO_TEXT = "INVALID_DOCUMENT"
LARGEST = max(OF_JOBS.sizes.values())
_LINE_END = re.compile(b"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Document:
    """One document, or what is wrong with it."""

    file: str
    """Its key below the folder that the job reads."""
    line: int | None
    """From 0; `None`: it is the whole file."""
    text: str
    error: tuple[str, str] | None = None
    """A code and a message; then there is no text."""
    page: InputDocument | None = None
    """Of a file that is no text; each of its pages is a document."""

    @property
    def is_blank(self) -> bool:
        """Whether it is a line without a word, which no result tells of."""
        return self.line is not None and self.error is None and not self.text.strip()

    @property
    def place(self) -> dict[str, Any]:
        """What results say of where it is."""
        return {"File": self.file} if self.line is None else {"File": self.file, "Line": self.line}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a job's documents are."""

    call: Call
    config: Mapping[str, Any]
    """An `InputDataConfig`."""
    limit: int
    """The most bytes that a text may have."""
    takes: Container[FileKind] = ()
    """The kinds of files that are read page by page, if a file is a document; others are texts."""

    async def files(self) -> list[tuple[str, str, int]]:
        """Return name, key and size of every file.

        Raises:
            JobFailedError: There is none, or they cannot be read.
        """
        bucket, prefix = bucket_and_key(self.config["S3Uri"])
        folder = prefix.rpartition("/")[0]
        try:
            found = [
                (key.removeprefix(f"{folder}/") if folder else key, key, size)
                async for key, size in self.call.objects.keys(bucket, prefix)
                if not key.endswith("/")
            ]
        except ServiceError as error:
            raise JobFailedError(
                "NO_READ_ACCESS_TO_INPUT: The provided data access role does not have proper"
                f" access to the input data. {error.message}"
            ) from error
        if not found:
            raise JobFailedError(f"There are no input files at {self.config['S3Uri']}.")
        return found

    async def documents(self, name: str, key: str, size: int) -> AsyncIterator[Document]:
        """Give the documents of a file."""
        bucket, _ = bucket_and_key(self.config["S3Uri"])
        if self.config.get("InputFormat") != PER_FILE:
            lines = whole_lines(await self.call.objects.open(bucket, key), limit=self.limit)
            async for number, line in lines:
                yield self._document(name, number, line)
        elif size > (limit := LARGEST if self.takes else self.limit):
            yield _too_long(name, None, limit)
        else:
            content = await self.call.objects.read(bucket, key)
            async for document in self._whole(name, content):
                yield document

    async def _whole(self, name: str, content: bytes) -> AsyncIterator[Document]:
        """Give a file: as one text, or page by page."""
        try:
            kind: FileKind = kind_of(content) if self.takes else "text"
            if kind not in self.takes:
                yield self._document(name, None, content)
                return
            config = self.config.get("DocumentReaderConfig", {})
            async with aclosing(read_pages(self.call, content, kind, config, OF_JOBS)) as pages:
                async for page in pages:
                    yield Document(name, None, page.text, page=page)
        except shapes.InvalidRequestException as error:
            reason = error.members.get("Detail", error.members)["Reason"]
            yield Document(name, None, "", (reason, error.message))

    def _document(self, name: str, line: int | None, content: bytes) -> Document:
        if len(content) > self.limit:
            return _too_long(name, line, self.limit)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            return Document(name, line, "", (NO_TEXT, f"The document is no UTF-8: {error}."))
        if line is None and not text.strip():
            return Document(name, line, "", (NO_TEXT, "The document has no text."))
        return Document(name, line, text)


def _too_long(name: str, line: int | None, limit: int) -> Document:
    message = f"Document size exceeds maximum size limit {limit} bytes."
    return Document(name, line, "", (TOO_LONG, message))


async def whole_lines(
    chunks: AsyncIterator[bytes], *, limit: int
) -> AsyncIterator[tuple[int, bytes]]:
    """Give the lines of a file with their numbers from 0.

    Of a line that is longer than the limit no more is kept than tells that it is.
    """
    number, rest = 0, b""
    async for chunk in chunks:
        data = rest + chunk
        # What looks like the end of a line may be the first half of one.
        held = b"\r" if data.endswith(b"\r") else b""
        *whole, rest = _LINE_END.split(data[: len(data) - len(held)])
        rest = rest[: limit + 1] + held
        for line in whole:
            yield number, line
            number += 1
    if rest := rest.rstrip(b"\r"):
        yield number, rest
