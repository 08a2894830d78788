"""Images and texts in folders: a folder's name is the label of what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from outcrop_runtime.training.channels import Source
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.reading.parts import Part
from outcrop_runtime.training.reading.tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """An instance's part of labelled images."""

    files: Sequence[Path]
    labels: Sequence[str]
    seen: int
    """How many there were, those of other instances included."""


def read_images(source: Source, part: Part) -> Images:
    """Return a part of a channel's images.

    Raises:
        CannotTrainError: They are in no folders.
    """
    labels = _labels(source, "images")
    mine = range(part.index, len(labels), part.count)
    return Images(
        files=[source.files[number] for number in mine],
        labels=[labels[number] for number in mine],
        seen=len(labels),
    )


def read_texts(source: Source, part: Part) -> Table:
    """Return a part of a channel's text files.

    Raises:
        CannotTrainError: They are in no folders.
    """
    labels = _labels(source, "texts")
    mine = range(part.index, len(labels), part.count)
    texts = [source.files[number].read_text("utf-8", errors="replace") for number in mine]
    return Table(
        names=["text"],
        has_names=True,
        cells=[np.array(texts, dtype=object)],
        label="label",
        labels=np.array([labels[number] for number in mine], dtype=object),
        seen=len(labels),
    )


def _labels(source: Source, what: str) -> Sequence[str]:
    """Return the folder of each file below the channel's."""
    places = [path.relative_to(source.channel.folder).parts for path in source.files]
    if any(len(parts) < 2 for parts in places):
        raise CannotTrainError(
            f"The {what} of the channel {source.channel.name} have no label: put those of one class"
            " into a folder of its name."
        )
    return [parts[-2] for parts in places]
