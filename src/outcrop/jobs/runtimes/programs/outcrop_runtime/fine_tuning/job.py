"""Fine-tuning from its first line to its last."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from transformers.utils import logging

from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.fine_tuning.beginnings import CHANNEL, Beginning, begin, place_of
from outcrop_runtime.fine_tuning.fitting import Fitting
from outcrop_runtime.fine_tuning.parameters import RULES
from outcrop_runtime.fine_tuning.texts import Texts, read
from outcrop_runtime.training.channels import choose
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.distributed import Instances, joined
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.reading import Part
from outcrop_runtime.training.trained import trained

FEWEST_HELD_OUT_OF = 10
"""With fewer texts on an instance nothing is held out."""


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train, ends_in_order=False)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters, RULES)
    logging.disable_progress_bar()
    with (
        tempfile.TemporaryDirectory() as folder,
        joined(job.hosts, job.host) as instances,
    ):
        place = place_of(job.channels(), wanted["model_name_or_path"], Path(folder))
        _tune(job, wanted, instances, place)


def _tune(job: Job, wanted: Mapping[str, Any], instances: Instances, place: str) -> None:
    instances.use_processors()
    torch.manual_seed(wanted["seed"])
    given = {name: one for name, one in job.channels().items() if name != CHANNEL}
    channels = choose(given)
    texts = {name: _read(channel, wanted, instances) for name, channel in channels.items()}
    classes = _classes(texts["train"], instances)
    train, held_out = _split(texts, wanted["validation_fraction"])
    beginning = begin(place, classes)
    print(
        f"instance={job.host} {instances.rank + 1} of {instances.count}"
        f" device={instances.device} train texts={len(train)} held-out texts={len(held_out)}",
        flush=True,
    )
    fitting = Fitting(beginning, train, held_out, wanted, instances)
    if instances.rank == 0:
        kind = type(beginning.model).__name__
        print(f"{kind} learns {len(classes)} classes: {', '.join(classes[:20])}", flush=True)
    metrics = fitting.run(lambda epoch, found: _say(instances, f"epoch={epoch}", found))
    if "test" in texts:
        found = fitting.measure(fitting.encoded(texts["test"]), "test")
        _say(instances, "tested", found)
        metrics = {**metrics, **found}
    if instances.rank == 0:
        _save(job, beginning, metrics)


def _read(channel: Channel, wanted: Mapping[str, Any], instances: Instances) -> Texts:
    texts = read(channel, wanted, Part.of(channel, instances.rank, instances.count))
    if not min(instances.gather(len(texts))):
        raise CannotTrainError(
            f"An instance has no texts with labels of the channel {channel.name}: take fewer"
            " instances, or give each a file of its own."
        )
    return texts


def _classes(train: Texts, instances: Instances) -> Sequence[str]:
    """Return the names of all instances' classes."""
    every = set().union(*instances.gather(set(train.labels)))
    if len(every) < 2:
        raise CannotTrainError(f"All labels are {every.pop()}: there is nothing to tell apart.")
    try:
        return sorted(every, key=float)  # 2 before 10.
    except ValueError:
        return sorted(every)


def _split(texts: Mapping[str, Texts], fraction: float) -> tuple[Texts, Texts]:
    train = texts["train"]
    if "validation" in texts:
        return train, texts["validation"]
    return train.split(fraction if len(train) >= FEWEST_HELD_OUT_OF else 0.0)


def _save(job: Job, beginning: Beginning, metrics: Mapping[str, float]) -> None:
    job.model.mkdir(parents=True, exist_ok=True)
    beginning.model.save_pretrained(job.model)
    beginning.tokenizer.save_pretrained(job.model)
    told = " ".join(f"{name}={value:.6g}" for name, value in metrics.items())
    print(f"the model of {told} is saved", flush=True)


def _say(instances: Instances, what: str, found: Mapping[str, float]) -> None:
    """Print metrics, once for all instances."""
    if instances.rank == 0:
        told = " ".join(f"{name}={value:.6g}" for name, value in found.items())
        print(f"{what} {told}", flush=True)
