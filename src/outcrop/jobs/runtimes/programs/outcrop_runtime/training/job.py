"""The default trainer from its first line to its last."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import torch

from outcrop_runtime.default_model.description import Description
from outcrop_runtime.default_model.networks import network_of
from outcrop_runtime.default_model.predictor import save
from outcrop_runtime.training.channels import Source, choose, open_channel
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.distributed import Instances, joined
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.examples import Examples, examples_of
from outcrop_runtime.training.fitting import Data, Fitting
from outcrop_runtime.training.hyperparameters import Hyperparameters, read_hyperparameters
from outcrop_runtime.training.reading import (
    Images,
    Part,
    Table,
    read_images,
    read_table,
    read_texts,
)
from outcrop_runtime.training.summaries import (
    MOST_CATEGORIES,
    MOST_CLASSES,
    Summary,
)
from outcrop_runtime.training.summaries import joined as joined_summaries
from outcrop_runtime.training.tasks import column_from, target_of
from outcrop_runtime.training.trained import trained

FEWEST_HELD_OUT_OF = 10
"""With fewer rows on an instance nothing is held out."""


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train, ends_in_order=False)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters)
    with joined(job.hosts, job.host) as instances:
        Training(job, wanted, instances).run()


class Training:
    """The training of one instance."""

    def __init__(self, job: Job, wanted: Hyperparameters, instances: Instances) -> None:
        self._job = job
        self._wanted = wanted
        self._instances = instances

    def run(self) -> None:
        """Read, agree, train, measure and save."""
        self._instances.use_processors()
        torch.manual_seed(self._wanted.seed)
        channels = choose(self._job.channels())
        source = open_channel(channels["train"])
        data = self._read(source)
        description = self._agree(data)
        examples = self._examples(data, description, "train")
        validation = self._other(channels, "validation", source, description)
        fitting = Fitting(
            description,
            network_of(description),
            self._split(examples, validation),
            self._wanted,
            self._instances,
        )
        self._introduce(description, fitting)
        metrics = fitting.run()
        test = self._other(channels, "test", source, description)
        if test is not None:
            found = fitting.measure(test, "test")
            metrics = {**metrics, **found}
        self._save(description, fitting, metrics)

    def _read(self, source: Source) -> Table | Images:
        """Read this instance's part of a channel, and say which it is."""
        began = time.monotonic()
        part = Part.of(source.channel, self._instances.rank, self._instances.count)
        data: Table | Images
        match source.kind:
            case "images":
                data = read_images(source, part)
            case "texts":
                data = read_texts(source, part)
            case _:
                data = read_table(source, part, self._wanted)
        print(
            f"instance={self._job.host} channel={source.channel.name} kind={source.kind}"
            f" files={len(source.files)} rows={len(data.labels)} of {data.seen}: {part}"
            f" ({time.monotonic() - began:.2f} s)",
            flush=True,
        )
        return data

    def _agree(self, data: Table | Images) -> Description:
        """Return the model that fits the rows of all instances."""
        labels = self._summary(data.labels, MOST_CLASSES)
        if isinstance(data, Images):
            target = target_of(labels, self._wanted.task)
            description = Description(
                kind="images", task=target.task, label="label", image_size=self._wanted.image_size
            )
        else:
            if len({tuple(names) for names in self._instances.gather(data.names)}) > 1:
                raise CannotTrainError("The files of the instances have different columns.")
            target = target_of(labels, self._wanted.task)
            description = Description(
                kind="table",
                task=target.task,
                label=data.label,
                columns=[
                    column_from(name, self._summary(cells, MOST_CATEGORIES))
                    for name, cells in zip(data.names, data.cells, strict=True)
                ],
                has_names=data.has_names,
            )
        return replace(
            description,
            classes=target.classes,
            mean=target.mean,
            scale=target.scale,
            hidden=self._wanted.hidden,
            dropout=self._wanted.dropout,
        )

    def _summary(self, cells: Any, most: int) -> Summary:
        return joined_summaries(self._instances.gather(Summary.of(cells, most=most)))

    def _examples(self, data: Table | Images, description: Description, name: str) -> Examples:
        examples = examples_of(data, description)
        if unlabelled := len(data.labels) - len(examples):
            print(
                f"instance={self._job.host} {name}: {unlabelled} rows without a label are left out"
            )
        if not min(self._instances.gather(len(examples))):
            raise CannotTrainError(
                f"An instance has no rows of the channel {name}: take fewer instances, or give each"
                " a file of its own."
            )
        return examples

    def _other(
        self,
        channels: Mapping[str, Channel],
        name: str,
        train: Source,
        description: Description,
    ) -> Examples | None:
        """Return the examples of a channel beside the one to train on, if there is one."""
        if name not in channels:
            return None
        source = open_channel(channels[name])
        if source.kind != train.kind:
            raise CannotTrainError(
                f"The channel {name} holds {source.kind}, the training data are {train.kind}."
            )
        return self._examples(self._read(source), description, name)

    def _split(self, examples: Examples, validation: Examples | None) -> Data:
        """Return what to train on and what to measure by."""
        if validation is not None:
            return Data(examples, validation)
        fraction = self._wanted.validation_fraction
        if len(examples) < FEWEST_HELD_OUT_OF:
            fraction = 0.0
        return Data(*examples.split(fraction, self._wanted.seed))

    def _introduce(self, description: Description, fitting: Fitting) -> None:
        """Say what is being trained."""
        print(
            f"instance={self._job.host} {self._instances.rank + 1} of {self._instances.count}"
            f" device={fitting.device} threads={torch.get_num_threads()}"
            f" train rows={len(fitting.data.train)} held-out rows={len(fitting.data.validation)}",
            flush=True,
        )
        learned = f"{len(description.classes)} classes" if description.classes else "a number"
        self._say_once(
            f"task={description.task}: {description.label} ({learned}) from"
            f" {_inputs(description)}; batch-size={fitting.batch_size} on each instance"
        )

    def _save(self, description: Description, fitting: Fitting, metrics: Mapping[str, Any]) -> None:
        """Write the model, on one instance alone."""
        rows = sum(self._instances.gather(len(fitting.data.train)))
        if self._instances.rank:
            return
        training = {
            "rows": rows,
            "instances": self._instances.count,
            "batch_size": fitting.batch_size,
            "hyperparameters": asdict(self._wanted),
            "metrics": metrics,
            "torch": torch.__version__,
        }
        self._job.model.mkdir(parents=True, exist_ok=True)
        save(self._job.model, replace(description, training=training), fitting.network)
        print(f"the model of {_told(metrics)} is saved", flush=True)

    def _say_once(self, text: str) -> None:
        """Print a line, once for all instances."""
        if self._instances.rank == 0:
            print(text, flush=True)


def _inputs(description: Description) -> str:
    if description.kind == "images":
        return f"images of {description.image_size}x{description.image_size} pixels"
    kinds = Counter(column.kind for column in description.columns)
    return ", ".join(f"{count} {kind} columns" for kind, count in sorted(kinds.items()))


def _told(metrics: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value:.6g}" for name, value in metrics.items())
