"""FORMS: the blocks of labels and values.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-kvp.html
"""

from collections.abc import Callable, Sequence

from outcrop.engines.document_fields.interface import Field, Word, mean_score
from outcrop.engines.media.places import Box, around, box_of
from outcrop.services.textract.blocks import PageBlocks


def add_forms(
    blocks: PageBlocks, fields: Sequence[Field], ids_at: Callable[[Box], Sequence[str]]
) -> None:
    """Add the blocks of labels and values.

    Args:
        blocks: Of the page.
        fields: The labels and values.
        ids_at: Returns the ids of what else stands where a value is: signatures.
    """
    for field in fields:
        place, score = words_box(field.value), mean_score(field.value)
        children = [*blocks.ids_of(field.value), *ids_at(place)]
        add_pair(blocks, field.key, (place, score), children)


def add_pair(
    blocks: PageBlocks, key: Sequence[Word], value: tuple[Box, float], children: Sequence[str]
) -> None:
    """Add the blocks of a label and of its value.

    Args:
        blocks: Of the page.
        key: The words of the label.
        value: Where the value is, and its score from 0.0 to 1.0.
        children: Ids of the blocks that the value is made of.
    """
    place, score = value
    value_id = blocks.add("KEY_VALUE_SET", place, score, {"CHILD": children}, EntityTypes=["VALUE"])
    blocks.add(
        "KEY_VALUE_SET",
        words_box(key),
        mean_score(key),
        {"VALUE": [value_id], "CHILD": blocks.ids_of(key)},
        EntityTypes=["KEY"],
    )


def words_box(words: Sequence[Word]) -> Box:
    """Return the box around words, of which there is at least one."""
    return around([box_of(word.polygon) for word in words])
