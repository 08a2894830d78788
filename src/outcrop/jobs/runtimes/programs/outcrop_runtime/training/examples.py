"""Rows as tensors: what the network takes, and what it is to answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from outcrop_runtime.default_model.columns import as_text, encode, numbers
from outcrop_runtime.default_model.description import Description
from outcrop_runtime.default_model.images import pixels
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.reading import Images, Table


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows, ready for a network."""

    inputs: Sequence[Tensor]
    """Each with a row for each example."""
    targets: Tensor
    """int64: classes; float32: numbers, standardised."""

    def __len__(self) -> int:
        return len(self.targets)

    def pick(self, rows: Tensor) -> "Examples":
        """Return some of the examples."""
        return Examples([one[rows] for one in self.inputs], self.targets[rows])

    def to(self, device: torch.device) -> "Examples":
        """Return the examples in a device's memory."""
        return Examples([one.to(device) for one in self.inputs], self.targets.to(device))

    def split(self, fraction: float, seed: int) -> "tuple[Examples, Examples]":
        """Return most of the examples, and the rest: of each class about the same fraction."""
        count = round(len(self) * fraction)
        if not count:
            return self, self.pick(torch.zeros(0, dtype=torch.long))
        shuffled = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))
        ordered = shuffled[torch.argsort(self.targets[shuffled], stable=True)]
        places = (torch.arange(count) + 0.5) * (len(self) / count)
        is_held = torch.zeros(len(self), dtype=torch.bool)
        is_held[ordered[places.long()]] = True
        return self.pick(~is_held), self.pick(is_held)


def examples_of(data: Table | Images, description: Description) -> Examples:
    """Return rows as a model takes them.

    Raises:
        CannotTrainError: They are not as the model's own.
    """
    try:
        if isinstance(data, Images):
            size = description.image_size
            found = [pixels(path, size) for path in data.files]
            images = np.stack(found) if found else np.zeros((0, 3, size, size), dtype=np.uint8)
            labels = np.array(data.labels, dtype=object)
            return _with_targets([torch.from_numpy(images)], labels, description)
        _check_columns(data, description)
        inputs = [torch.from_numpy(one) for one in encode(description.columns, data.cells)]
        return _with_targets(inputs, data.labels, description)
    except ValueError as error:
        raise CannotTrainError(str(error)) from error


def _check_columns(table: Table, description: Description) -> None:
    names = [column.name for column in description.columns]
    if list(table.names) != names:
        raise CannotTrainError(
            f"Other columns than those of the training data: {', '.join(table.names)}, not"
            f" {', '.join(names)}."
        )


def _with_targets(
    inputs: Sequence[Tensor], labels: NDArray[Any], description: Description
) -> Examples:
    """Return examples of those rows that have a label."""
    if description.classes:
        known = {as_text(one): number for number, one in enumerate(description.classes)}
        texts = [as_text(label) for label in labels]
        if strange := {text for text in texts if text is not None} - set(known):
            raise CannotTrainError(
                f"{', '.join(sorted(map(str, strange))[:5])}: no label of the training data."
            )
        targets = torch.tensor([known.get(text, -1) for text in texts], dtype=torch.long)
        has_label = targets >= 0
    else:
        values = (numbers(labels) - description.mean) / description.scale
        targets = torch.tensor(values, dtype=torch.float32)
        has_label = torch.isfinite(targets)
    every = Examples(inputs, targets)
    return every if has_label.all() else every.pick(has_label)


def batch_size_for(rows: int) -> int:
    """Return how many rows make a good step: an epoch has some thirty of them, or larger ones."""
    return min(256, max(4, 2 ** round(math.log2(max(1, rows / 32)))))
