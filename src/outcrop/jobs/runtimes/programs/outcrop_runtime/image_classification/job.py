"""The training of image classification from its first line to its last."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from outcrop_runtime.built_in.hyperparameters import read_hyperparameters
from outcrop_runtime.image_classification.fitting import Fitting
from outcrop_runtime.image_classification.models import (
    ModelFilesError,
    Shape,
    read_archive,
    save,
)
from outcrop_runtime.image_classification.parameters import LARGE_LAYERS, RULES
from outcrop_runtime.image_classification.pretrained import (
    MissingWeightsError,
    pretrained_network,
)
from outcrop_runtime.image_classification.reading import Labels, read_samples
from outcrop_runtime.training.contract import Channel, Job
from outcrop_runtime.training.distributed import Instances, joined
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.reading import Part
from outcrop_runtime.training.trained import trained

TRAINED_ON = ("train", "validation")
LISTS = ("train_lst", "validation_lst")
MODEL, MODEL_FILE = "model", "model.tar.gz"


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train, ends_in_order=False)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters, RULES)
    channels = _channels(job)
    with joined(job.hosts, job.host) as instances:
        instances.use_processors()
        torch.manual_seed(0)
        labels = Labels(wanted["num_classes"], wanted["multi_label"])
        samples = {
            name: read_samples(
                channels,
                name,
                labels,
                Part.of(channels[name], instances.rank, instances.count),
            )
            for name in TRAINED_ON
        }
        shape, network = _begun(channels, wanted)
        _introduce(instances, {name: len(one) for name, one in samples.items()}, shape, wanted)
        try:
            weights = Fitting(shape, network, samples, wanted, instances).run()
        except ValueError as error:
            raise CannotTrainError(str(error)) from error
        if instances.rank == 0:
            save(job.model, shape, weights)


def _channels(job: Job) -> Mapping[str, Channel]:
    channels = job.channels()
    for name in TRAINED_ON:
        if name not in channels:
            raise CannotTrainError(
                "Unable to initialize the algorithm. Failed to validate input data configuration."
                f" (caused by ValidationError)\n\nCaused by: '{name}' is a required property"
            )
    for name in channels:
        if name not in (*TRAINED_ON, *LISTS, MODEL):
            raise CannotTrainError(
                f"Additional properties are not allowed ('{name}' was unexpected)"
            )
    if len(job.hosts) > 1 and any(channels[name].is_pipe for name in TRAINED_ON):
        raise CannotTrainError(
            "Distributed training is not supported in pipe mode: take the mode File, or one"
            " instance."
        )
    return channels


def _begun(channels: Mapping[str, Channel], wanted: Mapping[str, Any]) -> tuple[Shape, nn.Module]:
    """Return the network to train: by chance, of ImageNet's weights, or of an earlier job's."""
    count, height, width = wanted["image_shape"]
    is_efficient = bool(wanted["use_pretrained_model"])
    shape = Shape(
        classes=wanted["num_classes"],
        channels=count,
        height=height,
        width=width,
        shorter=wanted["resize"],
        layers=wanted["num_layers"],
        is_efficient=is_efficient,
        has_many_labels=wanted["multi_label"],
    )
    if MODEL in channels:
        return _gone_on(channels[MODEL], shape)
    if not is_efficient:
        return shape, shape.network()
    if wanted["num_layers"] not in LARGE_LAYERS or count != 3:
        raise CannotTrainError(
            "use_pretrained_model=1 needs images of three channels and num_layers of"
            f" {', '.join(map(str, LARGE_LAYERS))}."
        )
    try:
        return shape, pretrained_network(shape.classes)
    except (MissingWeightsError, OSError) as error:
        raise CannotTrainError(
            f"use_pretrained_model=1: there are no weights to begin with: {error}. Install the"
            " runtime again: outcrop runtimes install image-classification."
        ) from error


def _gone_on(channel: Channel, wanted: Shape) -> tuple[Shape, nn.Module]:
    """Return the network of the channel `model`, which must have the shape of the job's."""
    try:
        shape, weights = read_archive(channel.folder / MODEL_FILE)
    except ModelFilesError as error:
        raise CannotTrainError(f"The channel '{MODEL}': {error}") from error
    told = ("classes", "channels", "height", "width", "layers", "has_many_labels")
    if any(getattr(shape, name) != getattr(wanted, name) for name in told):
        raise CannotTrainError(
            "The model of the channel 'model' has other settings: num_layers, image_shape,"
            " num_classes and multi_label must be as they were."
        )
    network = shape.network()
    network.load_state_dict(weights)
    return shape, network


def _introduce(
    instances: Instances, counts: Mapping[str, int], shape: Shape, wanted: Mapping[str, Any]
) -> None:
    name = "EfficientNet-Lite0" if shape.is_efficient else f"a ResNet of {shape.layers} layers"
    since = ", begun with weights of ImageNet in place of a ResNet's" * shape.is_efficient
    print(
        f"instance {instances.rank + 1} of {instances.count}: {counts['train']} images to train"
        f" on, {counts['validation']} to validate by; {name}{since}; {instances.device}",
        flush=True,
    )
    total = sum(instances.gather(counts["train"]))
    if instances.rank == 0 and total != wanted["num_training_samples"]:
        print(f"num_training_samples is {wanted['num_training_samples']}; there are {total}.")
