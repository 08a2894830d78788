"""What a predictor is given and what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Cell: TypeAlias = str | float | bool | None
Row: TypeAlias = Sequence[Cell] | Mapping[str, Cell] | str | bytes
"""The features of one example: cells in the order of the columns or by their names, the text of a
model with a single column, or the bytes of an image file."""
Label: TypeAlias = str | int | float


class RowsError(ValueError):
    """Rows are not such as the model was trained on; the message says what is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a model says of one row."""

    label: Label
    """The likeliest class as the training data wrote it, or the number that was asked for."""
    probabilities: Mapping[Label, float] = field(default_factory=dict[Label, float])
    """Of each class, which sum to one; empty for numbers."""
