"""What Textract answered about a page, as lines and words.

Source: https://docs.aws.amazon.com/textract/latest/dg/API_Block.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.services.comprehend.documents.page import ReadLine, ReadWord

BOX = ("Left", "Top", "Width", "Height")


def lines_of(blocks: Sequence[Mapping[str, Any]]) -> list[ReadLine]:
    """Return the lines of blocks.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: They are not as Textract makes them.
    """
    by_id = {_text(block["Id"]): block for block in blocks}
    return [_line(block, by_id) for block in blocks if block["BlockType"] == "LINE"]


def _line(block: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> ReadLine:
    text = _text(block["Text"])
    words: list[ReadWord] = []
    at = 0
    for child in _children(block, by_id):
        word = _text(child["Text"])
        begin = text.find(word, at)
        if begin >= 0:
            at = begin + len(word)
            words.append(ReadWord(word, begin, child["Id"], _geometry(child)))
    return ReadLine(text, block["Id"], words, _geometry(block))


def _children(
    block: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    for related in block.get("Relationships", ()):
        if related["Type"] == "CHILD":
            yield from (by_id[one] for one in related["Ids"] if one in by_id)


def _geometry(block: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what Comprehend's `Geometry` has of Textract's, which tells more."""
    geometry = block.get("Geometry")
    if geometry is None:
        return None
    box = geometry["BoundingBox"]
    told: dict[str, Any] = {"BoundingBox": {name: float(box[name]) for name in BOX}}
    if "Polygon" in geometry:
        corners = geometry["Polygon"]
        told["Polygon"] = [{"X": float(each["X"]), "Y": float(each["Y"])} for each in corners]
    return told


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
