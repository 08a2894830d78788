"""FORMS: the blocks of labels and values.

Source: https://docs.aws.amazon.com/textract/latest/dg/how-it-works-kvp.html
"""

from collections.abc import Sequence

from outcrop.engines.document_fields.interface import Field, Word, mean_score
from outcrop.engines.media.places import Box, around, box_of
from outcrop.services.textract.blocks import PageBlocks


def add_forms(blocks: PageBlocks, fields: Sequence[Field]) -> None:
    """Add the blocks of labels and values."""
    for field in fields:
        value = blocks.add(
            "KEY_VALUE_SET",
            words_box(field.value),
            mean_score(field.value),
            {"CHILD": blocks.ids_of(field.value)},
            EntityTypes=["VALUE"],
        )
        blocks.add(
            "KEY_VALUE_SET",
            words_box(field.key),
            mean_score(field.key),
            {"VALUE": [value], "CHILD": blocks.ids_of(field.key)},
            EntityTypes=["KEY"],
        )


def words_box(words: Sequence[Word]) -> Box:
    """Return the box around words, of which there is at least one."""
    return around([box_of(word.polygon) for word in words])
