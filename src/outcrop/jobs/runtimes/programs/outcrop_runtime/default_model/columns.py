"""How the columns of a table become numbers: standardised, one of many, or words by their hash."""

import math
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from outcrop_runtime.default_model.rows import Cell

BUCKETS = 1 << 14
"""Hashes of words; 0 is the padding."""
MOST_WORDS = 256
"""Of a row's texts; the rest is not looked at."""
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?"))
"""What stands in texts for no value, in lower case."""
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A column of numbers: standardised; a missing one counts as the mean, and is told."""

    name: str
    mean: float
    scale: float
    has_missing: bool = False
    """Whether the training data missed any: then a second feature tells where."""
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A column of few different values: a feature for each; other values have none."""

    name: str
    values: Sequence[str]
    kind: Literal["category"] = "category"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A column of texts: its words and pairs of words, by their hash."""

    name: str
    kind: Literal["text"] = "text"


Column: TypeAlias = Number | Category | Text


def column_of(document: Mapping[str, Any]) -> Column:
    """Return a column as JSON has it."""
    kinds: Mapping[str, type[Number | Category | Text]] = {
        "number": Number,
        "category": Category,
        "text": Text,
    }
    return kinds[document["kind"]](**document)


def as_text(cell: Cell) -> str | None:
    """Return a cell as a text, `None` if it is missing.

    Whole numbers have no point, and truth values no capital.
    """
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    lower = text.lower()
    if lower in MISSING:
        return None
    return lower if lower in ("true", "false") else text


def as_number(cell: Cell) -> float | None:
    """Return a cell as a number, `None` if it is missing.

    Raises:
        ValueError: It is none.
    """
    if isinstance(cell, str):
        text = cell.strip()
        return None if text.lower() in MISSING else float(text)
    if isinstance(cell, bool | np.bool_):
        raise ValueError(f"{cell} is no number")  # noqa: TRY004 - as the others are
    try:
        return None if cell is None or math.isnan(cell) else float(cell)
    except TypeError as error:  # A date, say.
        raise ValueError(f"{cell} is no number") from error


def numbers(cells: Iterable[Cell] | NDArray[Any]) -> NDArray[np.float64]:
    """Return cells as numbers, NaN where they are missing.

    Raises:
        ValueError: One is no number.
    """
    if isinstance(cells, np.ndarray) and cells.dtype.kind in "iuf":
        return cells.astype(np.float64)
    found = (as_number(cell) for cell in cells)
    return np.array([math.nan if one is None else one for one in found], dtype=np.float64)


def dense_width(columns: Sequence[Column]) -> int:
    """Return how many features the numbers and categories of a table have."""
    return sum(_width(column) for column in columns)


def encode(
    columns: Sequence[Column], cells: Sequence[Iterable[Cell] | NDArray[Any]]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return the features of a table.

    Args:
        columns: What they are.
        cells: Of each column, all of its rows.

    Returns:
        Numbers and categories: (rows, features); words: (rows, words), padded with 0.

    Raises:
        ValueError: A number's cell is none; the message tells the column.
    """
    dense: list[NDArray[Any]] = []
    words: list[list[list[int]]] = []
    for column, values in zip(columns, cells, strict=True):
        match column:
            case Number():
                dense += _encoded_numbers(column, values)
            case Category():
                dense += _encoded_categories(column, values)
            case Text():
                words.append([hashed(column.name, as_text(value) or "") for value in values])
    rows = len(dense[0]) if dense else len(words[0])
    features = np.stack(dense, axis=1) if dense else np.zeros((rows, 0))
    return features.astype(np.float32), _padded(rows, words)


def hashed(name: str, text: str) -> list[int]:
    """Return the buckets of a text's words and pairs of words, in the column of a name."""
    found = [word.lower() for word in _WORD.findall(text)]
    pairs = [f"{first} {second}" for first, second in pairwise(found)]
    return [_bucket(name, one) for one in (*found, *pairs)]


def _width(column: Column) -> int:
    match column:
        case Number():
            return 2 if column.has_missing else 1
        case Category():
            return len(column.values)
        case Text():
            return 0


def _encoded_numbers(
    column: Number, values: Iterable[Cell] | NDArray[Any]
) -> list[NDArray[np.float64]]:
    try:
        found = numbers(values)
    except ValueError as error:
        raise ValueError(f"column {column.name} takes numbers: {error}") from error
    is_missing = ~np.isfinite(found)
    standardised = np.where(is_missing, 0.0, (found - column.mean) / column.scale)
    # What lies far outside of the training data would outweigh all else.
    features = [np.clip(standardised, -10.0, 10.0)]
    return [*features, is_missing.astype(np.float64)] if column.has_missing else features


def _encoded_categories(
    column: Category, values: Iterable[Cell] | NDArray[Any]
) -> list[NDArray[np.bool_]]:
    texts = np.array([as_text(value) or "" for value in values], dtype=object)
    return [texts == value for value in column.values]


@lru_cache(maxsize=1 << 16)
def _bucket(name: str, word: str) -> int:
    return 1 + zlib.crc32(f"{name}\n{word}".encode()) % (BUCKETS - 1)


def _padded(rows: int, columns: Sequence[Sequence[Sequence[int]]]) -> NDArray[np.int64]:
    """Return the words of all columns together; all kinds of columns get the same room."""
    if not columns:
        return np.zeros((rows, 0), dtype=np.int64)
    room = MOST_WORDS // len(columns)
    together = [[word for column in columns for word in column[row][:room]] for row in range(rows)]
    padded = np.zeros((rows, max(1, *(len(words) for words in together))), dtype=np.int64)
    for row, words in enumerate(together):
        padded[row, : len(words)] = words
    return padded
