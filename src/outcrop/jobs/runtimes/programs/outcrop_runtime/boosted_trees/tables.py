"""Channels as rows: CSV without names, the target first, perhaps with columns of categories."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from outcrop_runtime.built_in.instances import gather
from outcrop_runtime.built_in.records import Rows, joined
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.lines import LineError, csv_rows

CATEGORIES = "categorical_index.json"
HELD_OUT = 0.2
"""Where there is no channel `validation`, as in AWS's algorithms."""
FEW = 50
"""At most so many different whole numbers are classes, unless the task is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is trained on."""

    train: Rows
    validation: Rows
    categories: Sequence[int]
    """Columns of the features, from 0."""


def read(job: Job) -> Table | None:
    """Return the job's rows; `None` on all instances but the first.

    Raises:
        CannotTrainError: They cannot be read.
    """
    channels = {("train" if n == "training" else n): it for n, it in job.channels().items()}
    if "train" not in channels or not set(channels) <= {"train", "validation"}:
        raise CannotTrainError(
            "A channel 'train' or 'training' is needed, 'validation' may be there; the job's"
            f" channels are: {', '.join(job.channels())}."
        )
    found = {name: _rows(job, channel) for name, channel in channels.items()}
    if job.host != job.hosts[0]:
        return None
    if not all(rows.count for rows in found.values()):
        raise CannotTrainError("There are no rows in CSV.")
    train, validation = found["train"], found.get("validation")
    if validation is None:
        train, validation = _split(train)
    if train.width != validation.width:
        raise CannotTrainError(
            f"'train' has {train.width} columns of features, 'validation' {validation.width}."
        )
    return Table(train=train, validation=validation, categories=_categories(channels["train"]))


def is_regression(labels: Any, task: str) -> bool:
    """Tell whether labels are numbers, not classes."""
    if task != "auto":
        return task == "regression"
    values = np.unique(labels)
    repeat = 2 * len(values) <= len(labels)
    return not (repeat and len(values) <= FEW and np.equal(values, np.rint(values)).all())


def _rows(job: Job, channel: Channel) -> Rows:
    if channel.is_pipe:
        raise CannotTrainError("This algorithm reads files: take the input mode File or FastFile.")
    try:
        parts = [_of_csv(path) for path in _files(channel)]
        rows = joined(parts) if parts else Rows(np.empty((0, 0)))
    except (LineError, ValueError) as error:
        raise CannotTrainError(f"The channel {channel.name}: {error}") from error
    if len(job.hosts) > 1 and channel.is_sharded:
        return gather(rows, job.hosts, job.host) or rows
    return rows


def _files(channel: Channel) -> Sequence[Path]:
    return [path for path in channel.files() if path.suffix != ".json" and path.stat().st_size]


def _of_csv(path: Path) -> Rows:
    whole = csv_rows(path.read_bytes(), path.name)
    return Rows(whole[:, 1:], whole[:, 0])


def _split(rows: Rows) -> tuple[Rows, Rows]:
    order = np.random.default_rng(0).permutation(rows.count)
    first = order[: max(1, int(rows.count * HELD_OUT))]
    rest = order[len(first) :]
    return _taken(rows, rest), _taken(rows, first)


def _taken(rows: Rows, places: Any) -> Rows:
    return Rows(rows.features[places], rows.labels[places])


def _categories(channel: Channel) -> Sequence[int]:
    """Return what `categorical_index.json` lists: columns of the file, where 0 is the target."""
    for path in channel.folder.rglob(CATEGORIES):
        document: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        columns = [int(column) for column in document["cat_index_list"]]
        if min(columns, default=1) < 1:
            raise CannotTrainError(f"{CATEGORIES}: columns of features are numbered from 1.")
        return [column - 1 for column in columns]
    return []
