"""Series as JSON lines or Parquet have them, and what all of a job's series have in common.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deepar.html#deepar-inputoutput
"""

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from outcrop_runtime.training.errors import CannotTrainError

LINES = (".json", ".jsonl", ".json.gz", ".jsonl.gz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One series in time."""

    start: str
    target: Any
    """float32, (times,); NaN where nothing is known."""
    categories: Sequence[int] = ()
    features: Any = None
    """float32, (features, times); of what is to be predicted, too, when that is asked for."""

    @property
    def feature_count(self) -> int:
        """How many series of features go with it."""
        return 0 if self.features is None else len(self.features)

    def without_last(self, count: int) -> "Series":
        """Return what was known before the last times: features still tell of all times."""
        return Series(
            start=self.start,
            target=self.target[:-count],
            categories=self.categories,
            features=self.features,
        )

    def entry(self, frequency: str) -> dict[str, Any]:
        """Return it as GluonTS takes it.

        Raises:
            ValueError: Its start is no time.
        """
        found: dict[str, Any] = {
            "start": pd.Period(self.start, freq=frequency),
            "target": self.target,
        }
        if self.categories:
            found["feat_static_cat"] = list(self.categories)
        if self.features is not None:
            found["feat_dynamic_real"] = self.features
        return found


def series_of(document: Any) -> Series:
    """Return a series from an object: `start`, `target`, `cat`, `dynamic_feat`.

    Raises:
        ValueError: It is something else; the message says what.
    """
    if not isinstance(document, dict):
        raise ValueError("a series is an object")  # noqa: TRY004 - as the others are
    for name in ("start", "target"):
        if name not in document:
            raise ValueError(f"'{name}' is missing")
    target = _numbers(document["target"], "target")
    start = str(document["start"])
    if pd.Timestamp(start).tzinfo is not None:
        raise ValueError(f"'start' has a time zone: {start}")
    features = document.get("dynamic_feat")
    return Series(
        start=start,
        target=target,
        categories=_categories(document.get("cat")),
        features=None if not _is_there(features) else _features(features),
    )


def read_lines(text: str, name: str) -> Iterator[Series]:
    """Return the series of JSON lines.

    Raises:
        CannotTrainError: A line holds none.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield series_of(json.loads(line))
        except (ValueError, TypeError) as error:
            raise CannotTrainError(
                f"Line {number} of {name} is no series, as {{'start': …, 'target': […]}}: {error}"
            ) from error


def read_text(path: Path) -> str:
    """Return a file's series as JSON lines.

    Raises:
        CannotTrainError: It is neither JSON lines nor Parquet.
    """
    name = path.name.lower()
    try:
        if name.endswith(".parquet"):
            rows: list[Mapping[str, Any]] = pd.read_parquet(path).to_dict("records")
            return "".join(json.dumps(row, default=_plain) + "\n" for row in rows)
        if name.endswith(LINES):
            raw = path.read_bytes()
            return (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    except (OSError, ValueError) as error:
        raise CannotTrainError(f"{path.name} cannot be read: {error}") from error
    raise CannotTrainError(
        f"{path.name} is neither .json, .json.gz nor .parquet: its extension tells the format."
    )


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else str(value)


def _is_there(value: Any) -> bool:
    return value is not None and len(value) > 0


def _numbers(values: Any, name: str) -> Any:
    """Return numbers; null and "NaN" are missing ones."""
    if not isinstance(values, list):
        raise ValueError(f"'{name}' is no list of numbers")  # noqa: TRY004 - as the others are
    try:
        found = np.array([np.nan if one is None else one for one in values], np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"'{name}' is no list of numbers") from error
    if np.isinf(found).any():
        raise ValueError(f"'{name}' holds an infinite number")
    return found


def _categories(values: Any) -> Sequence[int]:
    if values is None:
        return ()
    found = values if isinstance(values, list) else [values]
    if any(not isinstance(one, int) or one < 0 for one in found):
        raise ValueError("'cat' is no list of whole numbers from 0")
    return found


def _features(values: Any) -> Any:
    rows = [_numbers(row, "dynamic_feat") for row in values]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the series of 'dynamic_feat' differ in length")
    if any(np.isnan(row).any() for row in rows):
        raise ValueError("'dynamic_feat' has missing values, which DeepAR does not support")
    return np.stack(rows)
