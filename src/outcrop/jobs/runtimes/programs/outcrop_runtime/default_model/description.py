"""What a model is, in `model.json`; its weights are beside it, in `model.safetensors`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from outcrop_runtime.default_model.columns import Column, column_of
from outcrop_runtime.default_model.rows import Label

FORMAT = "outcrop-default-model"
VERSION = 1
DESCRIPTION, WEIGHTS = "model.json", "model.safetensors"

Kind: TypeAlias = Literal["table", "images"]
Task: TypeAlias = Literal["binary", "multiclass", "regression"]


class ModelFilesError(Exception):
    """A folder holds no model that can be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """All of a model but its weights."""

    kind: Kind
    task: Task
    label: str
    """The name of what is predicted."""
    classes: Sequence[Label] = ()
    """In the order of the network's outputs; none for numbers."""
    mean: float = 0.0
    scale: float = 1.0
    """For numbers: the network's output times `scale` plus `mean` is the prediction."""
    columns: Sequence[Column] = ()
    """Of a table, without the label."""
    has_names: bool = False
    """Whether the columns' names come from the data."""
    image_size: int = 0
    """Of images: both sides, in pixels."""
    hidden: Sequence[int] = ()
    """Widths of the network's hidden layers."""
    dropout: float = 0.0
    training: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """How it came about: rows, hyperparameters, metrics."""

    @property
    def outputs(self) -> int:
        """How many numbers the network gives for a row."""
        return len(self.classes) or 1


def is_default_model(folder: Path | str) -> bool:
    """Tell whether a folder holds a model of the default trainer, of whatever version."""
    try:
        document = json.loads(Path(folder, DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(document, dict) and document.get("format") == FORMAT


def read_description(folder: Path) -> Description:
    """Return the description of the model in a folder.

    Raises:
        ModelFilesError: It holds none of this version.
    """
    if not is_default_model(folder):
        raise ModelFilesError(f"{folder} holds no {DESCRIPTION} of Outcrop's default trainer.")
    document = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    del document["format"]
    if (version := document.pop("version", None)) != VERSION:
        raise ModelFilesError(f"{DESCRIPTION} is of version {version}; this is {VERSION}.")
    try:
        columns = [column_of(one) for one in document.pop("columns")]
        return Description(**document, columns=columns)
    except (KeyError, TypeError) as error:
        raise ModelFilesError(f"{DESCRIPTION} is not whole: {error}.") from error


def write_description(folder: Path, description: Description) -> None:
    """Write the description of the model in a folder."""
    document = {"format": FORMAT, "version": VERSION, **asdict(description)}
    text = json.dumps(document, indent=2, ensure_ascii=False)
    (folder / DESCRIPTION).write_text(text + "\n", encoding="utf-8")
