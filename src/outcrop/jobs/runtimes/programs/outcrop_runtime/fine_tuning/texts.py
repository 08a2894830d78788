"""Labelled texts of a channel: CSV, Parquet, JSON lines, lines with their label, or folders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop_runtime.default_model.columns import as_text
from outcrop_runtime.training.channels import open_channel
from outcrop_runtime.training.contract import Channel
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.hyperparameters import Hyperparameters
from outcrop_runtime.training.reading import Part, Table, read_table, read_texts
from outcrop_runtime.training.reading.headers import TEXTS


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts, and the name of each one's class."""

    texts: Sequence[str]
    labels: Sequence[str]

    def __len__(self) -> int:
        return len(self.texts)

    def split(self, fraction: float) -> "tuple[Texts, Texts]":
        """Return most of the texts, and the rest: of each class about the same fraction."""
        count = round(len(self) * fraction)
        ordered = sorted(range(len(self)), key=lambda place: self.labels[place])
        held = {ordered[int((number + 0.5) * len(self) / count)] for number in range(count)}
        return self._pick(held, wanted=False), self._pick(held, wanted=True)

    def _pick(self, places: set[int], *, wanted: bool) -> "Texts":
        kept = [place for place in range(len(self)) if (place in places) is wanted]
        return Texts([self.texts[n] for n in kept], [self.labels[n] for n in kept])


def read(channel: Channel, wanted: Mapping[str, Any], part: Part) -> Texts:
    """Return a part of a channel's texts; those without a label are left out.

    Raises:
        CannotTrainError: There are none, or nothing tells which column has them.
    """
    source = open_channel(channel)
    if source.kind == "images":
        raise CannotTrainError(
            f"The channel {channel.name} holds images; Hugging Face's image without a script learns"
            " from texts. Take the image pytorch-training or image-classification."
        )
    if source.kind == "texts":
        table = read_texts(source, part)
    else:
        columns = Hyperparameters(label=wanted["label"], header=wanted["header"])
        table = read_table(source, part, columns)
    texts = [as_text(cell) or "" for cell in table.cells[_column(table, wanted["text"])]]
    labels = [as_text(label) for label in table.labels]
    pairs = [(text, label) for text, label in zip(texts, labels, strict=True) if label is not None]
    return Texts([text for text, _ in pairs], [label for _, label in pairs])


def _column(table: Table, wanted: str) -> int:
    """Return the number of the column that has the texts."""
    if wanted:
        if wanted not in table.names:
            raise CannotTrainError(
                f"There is no column {wanted} for the text; there are: {', '.join(table.names)}."
            )
        return list(table.names).index(wanted)
    if len(table.names) == 1:
        return 0
    lower = [name.lower() for name in table.names]
    found = next((lower.index(name) for name in TEXTS if name in lower), None)
    if found is None:
        raise CannotTrainError(
            f"Which column has the texts? Name one by the hyperparameter `text`; there are:"
            f" {', '.join(table.names)}."
        )
    return found
