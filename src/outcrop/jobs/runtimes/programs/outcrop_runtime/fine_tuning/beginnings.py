"""The model that training begins with: of a channel, or of a hub."""

import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import AutoModelForSequenceClassification, AutoTokenizer

from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError

CHANNEL, ARCHIVE = "model", "model.tar.gz"


@dataclass(frozen=True, slots=True)
class Beginning:
    """A model with its tokenizer."""

    model: Any
    tokenizer: Any


def place_of(channels: Mapping[str, Channel], named: str, folder: Path) -> str:
    """Return the folder of the model, or its name on a hub.

    Args:
        channels: Of the job.
        named: What the hyperparameter says.
        folder: Where an archive is unpacked.

    Raises:
        CannotTrainError: There is none.
    """
    if CHANNEL not in channels:
        if named:
            return named
        raise CannotTrainError(
            "Fine-tuning begins with a model: give it in the channel `model`, as save_pretrained"
            " leaves it or as model.tar.gz, or name one of a hub by the hyperparameter"
            " model_name_or_path. A job with a script has `entry_point`."
        )
    given = channels[CHANNEL].folder
    archive = given / ARCHIVE
    if not archive.is_file():
        return str(given)
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
    except (OSError, EOFError, tarfile.TarError) as error:
        raise CannotTrainError(f"The channel `model`: {ARCHIVE} cannot be read: {error}") from error
    return str(folder)


def begin(place: str, classes: Sequence[str]) -> Beginning:
    """Return the model of a place, which is to tell classes.

    Raises:
        CannotTrainError: It cannot be loaded.
    """
    try:
        tokenizer = AutoTokenizer.from_pretrained(place)
        model = AutoModelForSequenceClassification.from_pretrained(
            place,
            num_labels=len(classes),
            id2label=dict(enumerate(classes)),
            label2id={name: number for number, name in enumerate(classes)},
            problem_type="single_label_classification",
            # What tells the classes may have told others before.
            ignore_mismatched_sizes=True,
        )
    except (OSError, ValueError, KeyError) as error:
        raise CannotTrainError(f"The model {place} cannot be loaded: {error}") from error
    return Beginning(model, tokenizer)
