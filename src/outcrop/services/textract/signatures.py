"""SIGNATURE: where a page is signed, alone, as the value of a label, and in the cells of tables.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_AnalyzeDocument.html
"""

import math
from collections.abc import Sequence

from outcrop.engines.document_fields.interface import Field
from outcrop.engines.document_marks.interface import Signature, asks_to_sign
from outcrop.engines.media.places import Box, are_in_row, box_of, is_middle_in
from outcrop.engines.ocr.interface import Line
from outcrop.operations.backends import Engines
from outcrop.services.textract.blocks import PageBlocks
from outcrop.services.textract.forms import add_pair
from outcrop.services.textract.pages import ReadPage

BEHIND, BESIDE = 0.15, 0.06
"""Of the page, between a signature and the label before it, or above or below it, at most."""
LONGEST_LABEL = 6
"""Words: what is longer is a sentence."""


async def find_signatures(page: ReadPage, engines: Engines) -> Sequence[Signature]:
    """Return the signatures of a page.

    Raises:
        EngineError: They cannot be looked for.
    """
    words = [word for line in page.lines for word in line.words]
    return await engines.document_marks.signatures(page.image, words)


class Signatures:
    """The blocks of a page's signatures: all are told, whatever is linked to them."""

    def __init__(self, blocks: PageBlocks, signatures: Sequence[Signature]) -> None:
        """Add the blocks."""
        self._blocks = blocks
        self._ids = [(each, blocks.add("SIGNATURE", each.box, each.score)) for each in signatures]
        self._linked: set[str] = set()

    def ids_in(self, box: Box) -> list[str]:
        """Return the ids of the blocks of the signatures whose middle is in a place."""
        found = [name for each, name in self._ids if is_middle_in(each.box, box)]
        self._linked.update(found)
        return found

    def ids_at(self, box: Box) -> list[str]:
        """Return those in a place, or around its middle: what is written there was signed."""
        around = [name for each, name in self._ids if is_middle_in(box, each.box)]
        self._linked.update(around)
        return [*around, *(name for name in self.ids_in(box) if name not in around)]

    def add_labels(self, fields: Sequence[Field]) -> None:
        """Add the labels that ask for the signatures that nothing is linked to yet."""
        taken = {id(word) for field in fields for word in (*field.key, *field.value)}
        for signature, name in self._ids:
            free = [
                line
                for line in self._blocks.page.lines
                if len(line.words) <= LONGEST_LABEL
                and any(asks_to_sign(word.text) for word in line.words)
                and not any(id(word) in taken for word in line.words)
                and name not in self._linked
            ]
            label = min(free, key=lambda line: _distance(line, signature.box), default=None)
            if label is not None and _distance(label, signature.box) <= 1:
                add_pair(self._blocks, label.words, (signature.box, signature.score), [name])
                taken |= {id(word) for word in label.words}


def _distance(line: Line, signature: Box) -> float:
    """Return how far a label is from what is signed behind, above or below it; 1 is just near."""
    label = box_of(line.polygon)
    if are_in_row(label, signature):
        behind = signature[0] - label[2]
        return max(behind, 0.0) / BEHIND if behind >= label[0] - label[2] else math.inf
    if min(label[2], signature[2]) <= max(label[0], signature[0]):
        return math.inf
    return max(label[1] - signature[3], signature[1] - label[3], 0.0) / BESIDE
