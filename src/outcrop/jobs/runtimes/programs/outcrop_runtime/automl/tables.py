"""Tables with a line of names: read, and told apart from requests by the columns of training."""

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from outcrop_runtime.training.errors import CannotTrainError

PARQUET = (".parquet", ".pq")
CLASSES_OF_NUMBERS = 20
"""Whole numbers that are at most so many, each often, are classes. Our own bound."""


def read_tables(folder: Path, what: str) -> pd.DataFrame:
    """Return all rows of a channel's files.

    Raises:
        CannotTrainError: There are none, or they are no tables.
    """
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    try:
        parts = [
            pd.read_parquet(path) if path.suffix in PARQUET else pd.read_csv(path) for path in paths
        ]
    except (ValueError, OSError) as error:
        raise CannotTrainError(f"The channel {what} holds no tables: {error}") from error
    if not parts or not sum(map(len, parts)):
        raise CannotTrainError(f"The channel {what} has no rows.")
    return pd.concat(parts, ignore_index=True)


def problem_of(target: pd.Series) -> str:
    """Return the type of problem that a target poses."""
    values = target.dropna()
    kinds = values.nunique()
    if kinds < 2:
        raise CannotTrainError(f"The target {target.name} has fewer than two different values.")
    if kinds == 2:
        return "BinaryClassification"
    is_number = pd.api.types.is_numeric_dtype(values)
    if is_number:
        is_whole = bool((values == values.round()).all())
        if not is_whole or kinds > CLASSES_OF_NUMBERS or len(values) < 5 * kinds:
            return "Regression"
    return "MulticlassClassification"


class Columns:
    """The columns that a model was trained on, without its target."""

    def __init__(self, kinds: Mapping[str, str]) -> None:
        """Take the kind of each column by its name: `number` or `text`."""
        self.kinds = dict(kinds)

    @classmethod
    def of(cls, rows: pd.DataFrame) -> "Columns":
        """Return the columns of a table."""
        return cls(
            {
                str(name): "number" if pd.api.types.is_numeric_dtype(rows[name]) else "text"
                for name in rows.columns
            }
        )

    def typed(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return a table's columns as the model knows them."""
        return pd.DataFrame(
            {
                name: pd.to_numeric(rows[name], errors="coerce").astype(float)
                if kind == "number"
                else rows[name].astype(object).where(rows[name].notna(), "").astype(str)
                for name, kind in self.kinds.items()
            }
        ).astype({name: "category" for name, kind in self.kinds.items() if kind == "text"})

    def read(self, content: str | bytes, content_type: str) -> pd.DataFrame:
        """Return the rows of a request: CSV without names, or JSON.

        Raises:
            ValueError: They have other columns.
        """
        text = content if isinstance(content, str) else content.decode()
        if content_type == "application/json":
            return self._of_json(json.loads(text))
        rows = pd.read_csv(io.StringIO(text), header=None, dtype=object)
        return self._named(rows)

    def _of_json(self, given: Any) -> pd.DataFrame:
        rows: Sequence[Any] = given.get("instances", [given]) if isinstance(given, dict) else given
        if rows and not isinstance(rows[0], (dict, list)):
            rows = [rows]
        if rows and isinstance(rows[0], dict):
            return self.typed(pd.DataFrame(rows).reindex(columns=list(self.kinds)))
        return self._named(pd.DataFrame(rows))

    def _named(self, rows: pd.DataFrame) -> pd.DataFrame:
        if len(rows.columns) != len(self.kinds):
            raise ValueError(
                f"A row has {len(rows.columns)} values; the model knows {len(self.kinds)} columns:"
                f" {', '.join(self.kinds)}."
            )
        return self.typed(rows.set_axis(list(self.kinds), axis=1))
