"""The training of an algorithm from its first line to its last."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop_runtime.built_in.algorithms import Algorithm, Data, find_algorithm
from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.built_in.instances import gather
from outcrop_runtime.built_in.records import Rows, read_channel
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained

CHANNELS = ("train", "validation", "test")
AUXILIARY, VOCABULARY = "auxiliary", "vocab.txt"
"""Where some algorithms find the names of the columns, one a line."""
WITH_VOCABULARY = ("ntm",)


def main(name: str) -> int:
    """Train, and return the process's exit code."""
    return trained(lambda job: _train(job, name, find_algorithm(name)))


def _train(job: Job, name: str, algorithm: Algorithm) -> None:
    wanted = read_hyperparameters(job.hyperparameters, algorithm.RULES)
    found = {one: _rows(job, channel) for one, channel in _channels(job, name).items()}
    if job.host != job.hosts[0]:
        print(f"{job.host}: its rows are with {job.hosts[0]}, which trains.", flush=True)
        return
    _check(found, wanted, labelled=algorithm.LABELLED)
    print(f"{name}: {found['train'].count} rows of {found['train'].width} columns", flush=True)
    data = Data(
        **found,
        vocabulary=_vocabulary(job),
        tell=lambda metric, value: _tell(job.host, metric, value),
    )
    algorithm.train(data, wanted).save(job.model)


def _channels(job: Job, algorithm: str) -> Mapping[str, Channel]:
    channels = dict(job.channels())
    if algorithm in WITH_VOCABULARY:
        channels.pop(AUXILIARY, None)
    if "train" not in channels:
        raise CannotTrainError(
            "Unable to initialize the algorithm. Failed to validate input data configuration."
            " (caused by ValidationError)\n\nCaused by: 'train' is a required property"
        )
    for name in channels:
        if name not in CHANNELS:
            raise CannotTrainError(
                f"Additional properties are not allowed ('{name}' was unexpected)"
            )
    return {name: channels[name] for name in CHANNELS if name in channels}


def _vocabulary(job: Job) -> Sequence[str]:
    if AUXILIARY not in job.channels():
        return ()
    path = job.channels()[AUXILIARY].folder / VOCABULARY
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CannotTrainError(
            f"The channel '{AUXILIARY}' holds the words in {VOCABULARY}, one a line: {error}"
        ) from error


def _rows(job: Job, channel: Channel) -> Rows:
    rows = read_channel(channel)
    if len(job.hosts) == 1 or not channel.is_sharded:
        return rows
    return gather(rows, job.hosts, job.host) or rows


def _check(found: Mapping[str, Rows], wanted: Mapping[str, Any], *, labelled: bool) -> None:
    width = wanted.get("feature_dim")
    for name, rows in found.items():
        if not rows.count:
            raise CannotTrainError(f"The channel '{name}' has no rows.")
        if labelled and rows.labels is None:
            raise CannotTrainError(f"The rows of the channel '{name}' have no labels.")
        if isinstance(width, int) and rows.width != width:
            raise CannotTrainError(
                f"The feature_dim {width} differs from the number of columns of the channel"
                f" '{name}', {rows.width}."
            )
        if rows.width != found["train"].width:
            raise CannotTrainError(
                f"The channel '{name}' has {rows.width} columns, 'train' has"
                f" {found['train'].width}."
            )


def _tell(host: str, metric: str, value: float) -> None:
    """Print a metric as AWS's algorithms do: tuning jobs look for it."""
    at = time.strftime("%m/%d/%Y %H:%M:%S")
    print(f"[{at} INFO] #quality_metric: host={host}, {metric}={value:.10g}", flush=True)
