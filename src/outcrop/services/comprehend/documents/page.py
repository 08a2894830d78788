"""A document of one page that was read, and what answers tell of it.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectEntities.html
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PAGE = 1
"""Operations that answer at once read documents of one page."""


@dataclass(frozen=True, slots=True)
class ReadWord:
    """Characters of a line without a space between them."""

    text: str
    begin: int
    """Where it begins in its line, in characters."""
    id: str
    geometry: Mapping[str, Any] | None = None
    """As `Geometry` has it; `None`: it is nowhere in particular."""


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line of a page."""

    text: str
    id: str
    words: Sequence[ReadWord] = ()
    geometry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDocument:
    """What a request wants analysed."""

    text: str
    """All its lines, or the text as it came; empty if the page could not be read."""
    kind: str | None = None
    """A `DocumentType`; `None`: the request had a text, not a file."""
    lines: Sequence[ReadLine] = ()
    """Of everything but plain texts."""
    errors: Sequence[Mapping[str, Any]] = field(default=())
    """As `Errors` has them."""

    @property
    def has_blocks(self) -> bool:
        """Whether entities are told by blocks, not by their places in a text."""
        return self.kind not in {None, "PLAIN_TEXT"}

    def members(self) -> dict[str, Any]:
        """Return the members of an answer that tell of a file; none for a text."""
        if self.kind is None:
            return {}
        return {
            "DocumentMetadata": {
                "Pages": PAGE,
                "ExtractedCharacters": [{"Page": PAGE, "Count": len(self.text)}],
            },
            "DocumentType": [{"Page": PAGE, "Type": self.kind}],
            "Errors": list(self.errors),
        }

    def blocks(self) -> list[dict[str, Any]]:
        """Return the lines, each before its words, as `Blocks` has them."""
        return [block for line in self.lines for block in _blocks(line)]

    def references(self, begin: int, end: int) -> list[dict[str, Any]]:
        """Return the blocks that a part of the text stands in, as `BlockReferences` has them."""
        found: list[dict[str, Any]] = []
        at = 0
        for line in self.lines:
            first, last = max(begin - at, 0), min(end - at, len(line.text))
            if first < last:
                found.append(_reference(line, first, last))
            at += len(line.text) + 1
        return found


def _blocks(line: ReadLine) -> Iterator[dict[str, Any]]:
    block = _block("LINE", line)
    if line.words:
        block["Relationships"] = [{"Type": "CHILD", "Ids": [word.id for word in line.words]}]
    yield block
    for word in line.words:
        yield _block("WORD", word)


def _block(kind: str, read: ReadLine | ReadWord) -> dict[str, Any]:
    told = {"Id": read.id, "BlockType": kind, "Text": read.text, "Page": PAGE}
    return told if read.geometry is None else {**told, "Geometry": read.geometry}


def _reference(line: ReadLine, begin: int, end: int) -> dict[str, Any]:
    children = [
        {
            "ChildBlockId": word.id,
            "BeginOffset": max(begin - word.begin, 0),
            "EndOffset": min(end - word.begin, len(word.text)),
        }
        for word in line.words
        if word.begin < end and begin < word.begin + len(word.text)
    ]
    return {"BlockId": line.id, "BeginOffset": begin, "EndOffset": end, "ChildBlocks": children}
