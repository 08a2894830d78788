"""Blocks: what Textract calls everything that it finds on a page.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-document-layout.html
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from outcrop.engines.document_fields import interface as written
from outcrop.engines.media.places import Box, Polygon, box_of, rectangle
from outcrop.engines.ocr.interface import Line, Word
from outcrop.services.textract.pages import ReadPage

PRINTED = "PRINTED"
"""No model here tells handwriting from print: what is read counts as printed."""
WHOLE_PAGE: Box = (0.0, 0.0, 1.0, 1.0)


class PageBlocks:
    """The blocks of one page, as they are found."""

    def __init__(self, page: ReadPage) -> None:
        """Begin with the page itself, its lines and its words."""
        self.page = page
        self._children: list[str] = []
        self._page_block = self._block("PAGE", rectangle(WHOLE_PAGE))
        self._line_blocks: list[dict[str, Any]] = []
        self._word_blocks: list[dict[str, Any]] = []
        self._more: list[dict[str, Any]] = []
        self._ids: dict[int, str] = {}
        for line in page.lines:
            self._add_line(line)

    def all(self) -> list[Any]:
        """Return the blocks: the page, its lines, their words, then what else was found."""
        relations = relationships({"CHILD": self._children})
        return [
            {**self._page_block, **relations},
            *self._line_blocks,
            *self._word_blocks,
            *self._more,
        ]

    def id_of(self, text: written.Line | written.Word) -> str:
        """Return the id of the block of one of the page's own lines or words."""
        return self._ids[id(text)]

    def ids_of(self, texts: Iterable[written.Line | written.Word]) -> list[str]:
        """Return the ids of blocks of the page's own lines or words."""
        return [self.id_of(text) for text in texts]

    def add(
        self,
        kind: str,
        box: Box | None,
        score: float,
        related: Mapping[str, Sequence[str]] | None = None,
        *,
        is_child: bool = True,
        **members: Any,
    ) -> str:
        """Add a block and return its id.

        Args:
            kind: Its `BlockType`.
            box: Where it is; `None`: it is nowhere in particular.
            score: 0.0 to 1.0.
            related: Ids of other blocks by kinds of relationships.
            is_child: Whether the page itself has it as a child.
            members: What else it has.
        """
        block = self._block(kind, rectangle(box) if box else None)
        block["Confidence"] = percent(score)
        self._more.append({**block, **relationships(related or {}), **members})
        if is_child:
            self._children.append(block["Id"])
        return block["Id"]

    def add_query(self, query: Mapping[str, Any], answers: Sequence[str]) -> None:
        """Add the block of a question, before those of its answers, which were added last."""
        block = self._block("QUERY", None)
        # Amazon's response parser knows no pages of a question: the block has one of its own.
        told = {member: query[member] for member in ("Text", "Alias") if member in query}
        question = {**block, "Query": told, **relationships({"ANSWER": answers})}
        self._more.insert(len(self._more) - len(answers), question)
        self._children.append(block["Id"])

    def _add_line(self, line: Line) -> None:
        words: list[str] = []
        for word in line.words:
            block = self._text_block("WORD", word)
            self._word_blocks.append({**block, "TextType": PRINTED})
            words.append(block["Id"])
        block = self._text_block("LINE", line)
        self._line_blocks.append({**block, **relationships({"CHILD": words})})
        self._children.append(block["Id"])

    def _text_block(self, kind: str, text: Line | Word) -> dict[str, Any]:
        block = self._block(kind, text.polygon)
        self._ids[id(text)] = block["Id"]
        return {**block, "Confidence": percent(text.score), "Text": text.text}

    def _block(self, kind: str, polygon: Polygon | None) -> dict[str, Any]:
        block: dict[str, Any] = {"BlockType": kind, "Id": str(uuid.uuid4())}
        if polygon is not None:
            block["Geometry"] = geometry(polygon)
        return {**block, "Page": self.page.number}


def geometry(polygon: Polygon) -> dict[str, Any]:
    """Return the `Geometry` of a polygon."""
    left, top, right, bottom = box_of(polygon)
    return {
        "BoundingBox": {
            "Width": right - left,
            "Height": bottom - top,
            "Left": left,
            "Top": top,
        },
        "Polygon": [{"X": x, "Y": y} for x, y in polygon],
    }


def relationships(related: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return the member `Relationships`, or none where nothing is related."""
    told = [{"Type": kind, "Ids": list(ids)} for kind, ids in related.items() if ids]
    return {"Relationships": told} if told else {}


def percent(score: float) -> float:
    """Return a score from 0.0 to 1.0 as Textract tells it."""
    return min(100.0, max(0.0, 100.0 * score))
