"""Tables from CSV, Parquet and JSON lines, a piece at a time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from outcrop_runtime.training.channels import LINE_LABEL, Source
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.hyperparameters import Hyperparameters
from outcrop_runtime.training.reading.headers import has_header, label_column, separator
from outcrop_runtime.training.reading.parts import Part

ROWS_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An instance's part of a table."""

    names: Sequence[str]
    """Of the columns, without the label."""
    has_names: bool
    """Whether the data name their columns."""
    cells: Sequence[NDArray[Any]]
    """Of each column: numbers or objects."""
    label: str
    """The name of the label's column."""
    labels: NDArray[Any]
    seen: int
    """How many rows there were, those of other instances included."""


def read_table(source: Source, part: Part, wanted: Hyperparameters) -> Table:
    """Return a part of a channel's rows.

    Raises:
        CannotTrainError: The files are not what they seem, or have no label.
    """
    kept: list[pd.DataFrame] = []
    seen = 0
    for path in source.files:
        try:
            for piece in _pieces(source, path, wanted):
                if kept:
                    _check_columns(kept[0], piece, path)
                kept.append(piece.iloc[part.offset(seen) :: part.count])
                seen += len(piece)
        except (ValueError, pa.ArrowException, UnicodeDecodeError) as error:
            raise CannotTrainError(f"{path.name} cannot be read: {error}") from error
    if not seen:
        raise CannotTrainError(f"The files of the channel {source.channel.name} hold no rows.")
    return _table(pd.concat(kept, ignore_index=True), seen, wanted)


def _table(frame: pd.DataFrame, seen: int, wanted: Hyperparameters) -> Table:
    names = [str(name) for name in frame.columns]
    has_names = _has_names(frame)
    if len(names) < 2:
        raise CannotTrainError(
            "The rows have one column: there is no label. A table's first column is the label, the"
            " others are what it is predicted from."
        )
    label = label_column(names if has_names else [], len(names), wanted.label)
    columns = [frame.iloc[:, number].to_numpy() for number in range(len(names))]
    labels = columns.pop(label)
    return Table(
        names=[name if has_names else f"column-{name}" for name in names if name != names[label]],
        has_names=has_names,
        cells=columns,
        label=names[label] if has_names else "label",
        labels=labels,
        seen=seen,
    )


def _pieces(source: Source, path: Path, wanted: Hyperparameters) -> Iterator[pd.DataFrame]:
    match source.kind:
        case "Parquet":
            for batch in pq.ParquetFile(path).iter_batches(ROWS_AT_ONCE):
                yield batch.to_pandas()
        case "JSON lines":
            yield _json_rows(path)
        case "labelled lines":
            yield _labelled_lines(path)
        case _:
            yield from _csv_pieces(path, wanted)


def _csv_pieces(path: Path, wanted: Hyperparameters) -> Iterator[pd.DataFrame]:
    options: dict[str, Any] = {"sep": separator(path), "skipinitialspace": True}
    try:
        first = pd.read_csv(path, header=None, nrows=50, dtype=object, **options)
    except pd.errors.EmptyDataError:
        return
    header = has_header(first) if wanted.header == "auto" else wanted.header == "true"
    yield from pd.read_csv(
        path, header=0 if header else None, chunksize=ROWS_AT_ONCE, low_memory=False, **options
    )


def _json_rows(path: Path) -> pd.DataFrame:
    """Return rows from objects or lists: one a line, or all in one list."""
    text = path.read_text(encoding="utf-8")
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        lines = [json.loads(text)]
    rows: list[Any] = lines
    if len(lines) == 1 and isinstance(lines[0], list) and _is_nested(lines[0]):
        rows = lines[0]
    if not rows or not isinstance(rows[0], dict | list):
        raise CannotTrainError(f"{path.name} holds no rows: each line must be an object or a list.")
    frame = pd.DataFrame(rows)
    for name in frame.columns:
        if any(isinstance(cell, dict | list) for cell in frame[name]):
            raise CannotTrainError(
                f"{path.name}: {name} holds lists or objects; a column holds numbers or texts."
            )
    return frame


def _is_nested(rows: Sequence[Any]) -> bool:
    return bool(rows) and isinstance(rows[0], dict | list)


def _labelled_lines(path: Path) -> pd.DataFrame:
    rows: list[tuple[str, str]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        label, _, text = line.strip().partition(" ")
        if not label:
            continue
        if not label.startswith(LINE_LABEL):
            raise CannotTrainError(
                f"{path.name}: line {number + 1} does not begin with {LINE_LABEL}."
            )
        rows.append((label.removeprefix(LINE_LABEL), text))
    return pd.DataFrame(rows, columns=["label", "text"])


def _check_columns(first: pd.DataFrame, piece: pd.DataFrame, path: Path) -> None:
    if list(map(str, first.columns)) != list(map(str, piece.columns)):
        raise CannotTrainError(
            f"{path.name} has other columns than the first file: {_named(piece)}, not"
            f" {_named(first)}."
        )


def _has_names(frame: pd.DataFrame) -> bool:
    return any(isinstance(name, str) for name in frame.columns)


def _named(frame: pd.DataFrame) -> str:
    if not _has_names(frame):
        return f"{len(frame.columns)} without names"
    return ", ".join(map(str, frame.columns))
