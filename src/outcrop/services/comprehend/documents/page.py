"""A page that was read, and what answers tell of it.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectEntities.html
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any

PAGE = 1
"""Of operations that answer at once, which read documents of one page."""


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
    """In their order."""
    geometry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InputDocument:
    """What is to be analysed: a text, or a page of a file."""

    text: str
    """All its lines, or the text as it came; empty if the page could not be read."""
    kind: str | None = None
    """A `DocumentType`; `None`: the request had a text, not a file."""
    lines: Sequence[ReadLine] = ()
    """Of everything but plain texts."""
    errors: Sequence[Mapping[str, Any]] = field(default=())
    """As `Errors` has them."""
    number: int = PAGE
    """Of the page, from 1."""
    pages: int = 1
    """That the file has."""

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
                "Pages": self.pages,
                "ExtractedCharacters": [{"Page": self.number, "Count": len(self.text)}],
            },
            "DocumentType": [{"Page": self.number, "Type": self.kind}],
            "Errors": list(self.errors),
        }

    def blocks(self) -> list[dict[str, Any]]:
        """Return the lines, each before its words, as `Blocks` has them."""
        return [block for line in self.lines for block in _blocks(line, self.number)]

    def in_blocks(self, entities: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return entities of the text as `Entities` that stand in `Blocks`, and these."""
        starts = self._starts()
        told = [
            {
                "Score": each["Score"],
                "Type": each["Type"],
                "Text": each["Text"],
                "BlockReferences": self._references(each["BeginOffset"], each["EndOffset"], starts),
            }
            for each in entities
        ]
        return {"Entities": told, "Blocks": self.blocks()}

    def references(self, begin: int, end: int) -> list[dict[str, Any]]:
        """Return the blocks that a part of the text stands in, as `BlockReferences` has them."""
        return self._references(begin, end, self._starts())

    def _starts(self) -> list[int]:
        """Return where each line begins in the text."""
        return list(accumulate((len(line.text) + 1 for line in self.lines), initial=0))

    def _references(self, begin: int, end: int, starts: Sequence[int]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for number in range(bisect_right(starts, begin) - 1, len(self.lines)):
            line, at = self.lines[number], starts[number]
            if at >= end:
                break
            first, last = max(begin - at, 0), min(end - at, len(line.text))
            if first < last:
                found.append(_reference(line, first, last))
        return found


def _blocks(line: ReadLine, page: int) -> Iterator[dict[str, Any]]:
    block = _block("LINE", line, page)
    if line.words:
        block["Relationships"] = [{"Type": "CHILD", "Ids": [word.id for word in line.words]}]
    yield block
    for word in line.words:
        yield _block("WORD", word, page)


def _block(kind: str, read: ReadLine | ReadWord, page: int) -> dict[str, Any]:
    told = {"Id": read.id, "BlockType": kind, "Text": read.text, "Page": page}
    return told if read.geometry is None else {**told, "Geometry": read.geometry}


def _reference(line: ReadLine, begin: int, end: int) -> dict[str, Any]:
    first = bisect_right(line.words, begin, key=lambda word: word.begin + len(word.text))
    children: list[dict[str, Any]] = []
    for word in islice(line.words, first, None):
        if word.begin >= end:
            break
        children.append(
            {
                "ChildBlockId": word.id,
                "BeginOffset": max(begin - word.begin, 0),
                "EndOffset": min(end - word.begin, len(word.text)),
            }
        )
    return {"BlockId": line.id, "BeginOffset": begin, "EndOffset": end, "ChildBlocks": children}
