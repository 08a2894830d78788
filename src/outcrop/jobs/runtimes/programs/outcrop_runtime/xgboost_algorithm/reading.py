"""A channel's files as rows, by its content type.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html,
https://github.com/aws/sagemaker-xgboost-container (data_utils.py)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse
import xgboost

from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.lines import LineError, csv_rows, read_libsvm

KINDS: Mapping[str, str] = {
    "csv": "csv",
    "text/csv": "csv",
    "libsvm": "libsvm",
    "text/libsvm": "libsvm",
    "text/x-libsvm": "libsvm",
    "parquet": "parquet",
    "application/x-parquet": "parquet",
    "recordio-protobuf": "recordio-protobuf",
    "application/x-recordio-protobuf": "recordio-protobuf",
}
"""Content types, and what they mean; without one it is libsvm."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a channel, perhaps none."""

    features: Any
    """float32 or float64, (rows, columns); dense or sparse: what is not there is missing."""
    labels: Any
    weights: Any = None
    queries: Any = None
    """Which rows are ranked together."""

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.features.shape[0])

    @property
    def width(self) -> int:
        """How many columns there are."""
        return int(self.features.shape[1])

    def matrix(self, width: int) -> xgboost.DMatrix:
        """Return them as XGBoost takes them, with more columns where nothing is."""
        features = self.features
        if scipy.sparse.issparse(features):
            features.resize((self.count, width))
        elif not self.count:
            features = np.empty((0, width))
        return xgboost.DMatrix(features, label=self.labels, weight=self.weights, qid=self.queries)


NONE = Rows(np.empty((0, 0)), np.empty(0))


def kind_of(content_type: str) -> str:
    """Return what a content type means.

    Raises:
        CannotTrainError: It is none of the algorithm's.
    """
    message = Message()
    message["content-type"] = content_type.lower() or "text/libsvm"
    bare = content_type.lower().partition(";")[0].strip() or "text/libsvm"
    if bare not in KINDS:
        accepted = ", ".join(KINDS)
        raise CannotTrainError(f"{content_type} is not an accepted ContentType: {accepted}.")
    if KINDS[bare] == "csv" and message.get_param("label_size", "1") != "1":
        raise CannotTrainError(
            f"{content_type} is not an accepted csv ContentType. "
            "Optional parameter label_size must be equal to 1"
        )
    return KINDS[bare]


def read_channel(channel: Channel, content_type: str, *, has_weights: bool) -> Rows:
    """Return a channel's rows on this instance.

    Args:
        channel: Which one.
        content_type: That of the channel to train on: it goes for all.
        has_weights: Whether the second column of CSV weighs the row.

    Raises:
        CannotTrainError: They cannot be read.
    """
    kind = kind_of(content_type)
    if kind == "recordio-protobuf":
        raise CannotTrainError(
            "recordio-protobuf cannot be read here: give text/csv, text/libsvm or"
            " application/x-parquet."
        )
    if channel.is_pipe:
        raise CannotTrainError(
            f"The channel {channel.name} is a pipe: this algorithm reads files here."
            " Take the input mode File or FastFile."
        )
    files = [path for path in channel.files() if path.stat().st_size]
    if not files:
        return NONE
    try:
        return _READERS[kind](files, has_weights)
    except (LineError, ValueError, OSError) as error:
        raise CannotTrainError(f"Failed to load {kind} data with exception:\n{error}") from error


def _read_csv(files: Sequence[Path], has_weights: bool) -> Rows:
    parts = [csv_rows(path.read_bytes(), path.name) for path in files]
    if len({part.shape[1] for part in parts}) > 1:
        raise LineError("The files of the channel have different numbers of columns.")
    whole = np.concatenate(parts)
    first = 2 if has_weights else 1
    if whole.shape[1] <= first:
        raise LineError(f"There are {whole.shape[1]} columns: none is left for a feature.")
    weights = whole[:, 1] if has_weights else None
    return Rows(whole[:, first:], whole[:, 0], weights)


def _read_parquet(files: Sequence[Path], _: bool) -> Rows:
    table = pd.concat([pd.read_parquet(path) for path in files])
    whole = table.to_numpy(dtype=np.float64, na_value=np.nan)
    return Rows(whole[:, 1:], whole[:, 0])


def _read_libsvm(files: Sequence[Path], _: bool) -> Rows:
    parts = [read_libsvm(path.read_bytes(), path.name) for path in files]
    width = max(part.features.shape[1] for part in parts)
    for part in parts:
        part.features.resize((part.features.shape[0], width))
    return Rows(
        scipy.sparse.vstack([part.features for part in parts], format="csr"),
        np.concatenate([part.labels for part in parts]),
        _joined([part.weights for part in parts]),
        _joined([part.queries for part in parts]),
    )


def _joined(parts: Sequence[Any]) -> Any:
    """Return the arrays of all files as one; none where a file has none."""
    return None if any(part is None for part in parts) else np.concatenate(parts)


_READERS: Mapping[str, Callable[[Sequence[Path], bool], Rows]] = {
    "csv": _read_csv,
    "libsvm": _read_libsvm,
    "parquet": _read_parquet,
}
