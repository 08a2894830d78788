"""What CSV does not say of itself: whether it begins with names, and which column is the label."""

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from outcrop_runtime.default_model.columns import as_number, as_text
from outcrop_runtime.training.errors import CannotTrainError

LABELS = ("label", "target", "class", "y")
"""Names of a label's column, the surest first."""
TEXTS = ("text", "sentence", "review", "comment", "message")
SEPARATORS = ",\t;|"


def separator(path: Path) -> str:
    """Return what separates the cells of a CSV file."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as file:
        line = file.readline()
    counts = {one: len(next(csv.reader([line], delimiter=one), [])) for one in SEPARATORS}
    return max(SEPARATORS, key=lambda one: counts[one])


def has_header(rows: pd.DataFrame) -> bool:
    """Tell whether the first of some rows holds names.

    It does if a cell is a name that columns of labels or texts have, and no value of its column;
    or if it has no number, and a column has nothing but numbers below it.
    """
    cells = [as_text(cell) for cell in rows.iloc[0]]
    below = rows.iloc[1:]
    if None in cells or len(set(cells)) < len(cells):
        return False
    for cell, name in zip(cells, rows.columns, strict=True):
        if str(cell).lower() in (*LABELS, *TEXTS):
            return cell not in set(below[name])
    return not any(_is_number(cell) for cell in cells) and any(
        all(_is_number(cell) for cell in below[name]) and below[name].notna().any()
        for name in below.columns
    )


def label_column(names: Sequence[str], count: int, wanted: str) -> int:
    """Return the number of the label's column.

    Args:
        names: Of the columns; empty if they have none.
        count: How many columns there are.
        wanted: Its name or its number, or nothing.

    Raises:
        CannotTrainError: The wanted one is not there.
    """
    if wanted in names:
        return names.index(wanted)
    if wanted:
        if wanted.isdecimal() and int(wanted) < count:
            return int(wanted)
        raise CannotTrainError(
            f"There is no column {wanted} for the label; there are: "
            f"{', '.join(names) or f'{count} without names'}."
        )
    lower = [name.lower() for name in names]
    return next((lower.index(name) for name in LABELS if name in lower), 0)


def _is_number(cell: Any) -> bool:
    try:
        as_number(cell)
    except ValueError:
        return False
    return True
