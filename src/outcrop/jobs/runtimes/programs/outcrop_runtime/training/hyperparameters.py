"""The hyperparameters of the default trainer."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from outcrop_runtime.training.errors import CannotTrainError

OF_OTHERS = ("sagemaker_", "_tuning_")
"""What the SDK and tuning jobs add for themselves starts so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """How to train; `None`: as fits the data."""

    epochs: int = 20
    """Passes over the training data, at most."""
    batch_size: int | None = None
    """Rows of a step, on each instance."""
    learning_rate: float | None = None
    """The highest: it rises for a while and falls to the end."""
    weight_decay: float = 1e-4
    dropout: float = 0.0
    hidden: Sequence[int] = (128, 64)
    """Widths of the hidden layers."""
    patience: int = 10
    """Epochs without a better validation loss before the end; 0: all epochs are run."""
    validation_fraction: float = 0.1
    """Held out of the training data where there is no channel `validation`; 0: nothing."""
    seed: int = 0
    task: str = "auto"
    label: str = ""
    """The label's column: its name, or its number from 0."""
    header: str = "auto"
    """Whether CSV begins with the columns' names."""
    image_size: int = 32
    """Images are scaled to squares of so many pixels."""


def read_hyperparameters(given: Mapping[str, str]) -> Hyperparameters:
    """Return a job's hyperparameters: `batch-size` or `batch_size`, quoted as JSON or not.

    Raises:
        CannotTrainError: One is unknown or has no good value.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name.startswith(OF_OTHERS):
            continue
        key = name.replace("-", "_")
        if key not in _RULES:
            known = ", ".join(one.name.replace("_", "-") for one in fields(Hyperparameters))
            raise CannotTrainError(f"The hyperparameter {name} is unknown; there are: {known}.")
        read, claim = _RULES[key]
        try:
            values[key] = read(_unquoted(text))
        except ValueError as error:
            message = f"The hyperparameter {name} must be {claim}, not {text}."
            raise CannotTrainError(message) from error
    return Hyperparameters(**values)


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        return str(json.loads(text))
    return text


def _whole(least: int, most: int = 2**31) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return read


def _real(least: float, below: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        value = float(text)
        if not least <= value < below:
            raise ValueError(text)
        return value

    return read


def _one_of(*values: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(text)
        return text.lower()

    return read


def _widths(text: str) -> Sequence[int]:
    return tuple(_whole(1, 8192)(one) for one in text.strip("[]() ").split(",") if one.strip())


_Rule = tuple[Callable[[str], Any], str]
_RULES: Mapping[str, _Rule] = {
    "epochs": (_whole(1), "a whole number of at least 1"),
    "batch_size": (_whole(1), "a whole number of at least 1"),
    "learning_rate": (_real(1e-9, 10.0), "a number above 0 and below 10"),
    "weight_decay": (_real(0.0, 1.0), "a number from 0 to below 1"),
    "dropout": (_real(0.0, 1.0), "a number from 0 to below 1"),
    "hidden": (_widths, "widths from 1 to 8192 with commas between them"),
    "patience": (_whole(0), "a whole number of at least 0"),
    "validation_fraction": (_real(0.0, 0.9), "a number from 0 to below 0.9"),
    "seed": (_whole(0), "a whole number of at least 0"),
    "task": (
        _one_of("auto", "binary", "multiclass", "regression"),
        "auto, binary, multiclass or regression",
    ),
    "label": (str, "a column's name or number"),
    "header": (_one_of("auto", "true", "false"), "auto, true or false"),
    "image_size": (_whole(8, 512), "a whole number from 8 to 512"),
}
