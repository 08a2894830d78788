"""A channel's files as rows, by its content type.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html
"""

from dataclasses import dataclass
from email.message import Message
from typing import Any

import numpy as np
import scipy.sparse

from outcrop_runtime.built_in.record_io import read_records
from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.lines import LineError, csv_rows

RECORDS, CSV = "application/x-recordio-protobuf", "text/csv"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a channel."""

    features: Any
    """float32, (rows, columns); dense or sparse."""
    labels: Any = None
    """float64, (rows,), where there are any."""

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.features.shape[0])

    @property
    def width(self) -> int:
        """How many columns there are."""
        return int(self.features.shape[1])

    @property
    def dense(self) -> Any:
        """The features as an array."""
        return dense(self.features)


def dense(features: Any) -> Any:
    """Return features as an array, whatever they are."""
    return features.toarray() if scipy.sparse.issparse(features) else features


def read_channel(channel: Channel) -> Rows:
    """Return a channel's rows on this instance, perhaps none.

    Raises:
        CannotTrainError: They cannot be read.
    """
    kind, label_size = _kind(channel.content_type)
    try:
        parts = [
            _read(content, name, kind, label_size)
            for name, content in _contents(channel)
            if content
        ]
        return joined(parts) if parts else Rows(np.empty((0, 0), np.float32))
    except (LineError, ValueError, OSError) as error:
        raise CannotTrainError(
            f"Unable to read data channel '{channel.name}'. {error} Requested content-type is"
            f" '{channel.content_type or RECORDS}'. Please verify the data matches the requested"
            " content-type."
        ) from error


def joined(parts: list[Rows]) -> Rows:
    """Return rows behind one another.

    Raises:
        ValueError: They do not have the same columns.
    """
    widths = {part.width for part in parts}
    if len(widths) > 1:
        raise ValueError(f"The files have different numbers of columns: {sorted(widths)}.")
    labels = None
    if all(part.labels is not None for part in parts):
        labels = np.concatenate([part.labels for part in parts])
    if any(scipy.sparse.issparse(part.features) for part in parts):
        stacked = scipy.sparse.vstack([part.features for part in parts], format="csr")
        return Rows(stacked, labels)
    return Rows(np.concatenate([part.features for part in parts]), labels)


def _kind(content_type: str) -> tuple[str, int]:
    """Return what a content type means, and how many columns of CSV are labels."""
    message = Message()
    message["content-type"] = content_type or RECORDS
    kind = message.get_content_type()
    if kind not in (RECORDS, CSV):
        raise CannotTrainError(
            f"Content-type {content_type} is not supported here: give {RECORDS} or {CSV}."
        )
    size = str(message.get_param("label_size", "1"))
    if size not in ("0", "1"):
        raise CannotTrainError(f"{content_type}: label_size must be 0 or 1.")
    return kind, int(size)


def _contents(channel: Channel) -> list[tuple[str, bytes]]:
    if channel.is_pipe:
        pipe = channel.folder.with_name(f"{channel.name}_0")
        return [(pipe.name, pipe.read_bytes())]
    return [(path.name, path.read_bytes()) for path in channel.files()]


def _read(content: bytes, name: str, kind: str, label_size: int) -> Rows:
    if kind == RECORDS:
        return Rows(*read_records(content))
    whole = csv_rows(content, name)
    labels = whole[:, 0] if label_size else None
    return Rows(whole[:, label_size:].astype(np.float32), labels)
