"""What a model is made of on disk: facts in JSON and tensors; nothing in it is executed."""

import io
import json
import tarfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save_file
from torch import Tensor, nn

from outcrop_runtime.image_classification.networks import efficient_network, residual_network
from outcrop_runtime.image_classification.pictures import Frame

FACTS, WEIGHTS = "image-classification.json", "image-classification.safetensors"
MOST_BYTES = 2**31
"""Of a member of an archive: the largest network has 250 MB."""


class ModelFilesError(Exception):
    """There is no model that can be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """All of a model but its weights."""

    classes: int
    channels: int
    height: int
    width: int
    shorter: int | None
    """The shorter side of images before they are cut."""
    layers: int
    is_efficient: bool
    """Whether it is EfficientNet-Lite0, whatever `layers` says."""
    has_many_labels: bool

    @property
    def frame(self) -> Frame:
        """What images are cut to."""
        return Frame(self.channels, self.height, self.width, self.shorter)

    def network(self) -> nn.Module:
        """Return the network with weights by chance."""
        if self.is_efficient:
            return efficient_network(self.classes)
        return residual_network(self.layers, self.channels, self.classes)


def save(folder: Path, shape: Shape, weights: Mapping[str, Tensor]) -> None:
    """Write a model."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: one.contiguous().cpu() for name, one in weights.items()}, folder / WEIGHTS)
    (folder / FACTS).write_text(json.dumps(asdict(shape)), encoding="utf-8")


def read(folder: Path) -> tuple[Shape, Mapping[str, Tensor]]:
    """Return the model of a folder.

    Raises:
        ModelFilesError: There is none.
    """
    try:
        return _model((folder / FACTS).read_bytes(), (folder / WEIGHTS).read_bytes())
    except OSError as error:
        raise ModelFilesError(
            f"There is no {FACTS} in the model: models of AWS's own are not read here; train it"
            " here, or serve it by an image of a framework."
        ) from error


def read_archive(path: Path) -> tuple[Shape, Mapping[str, Tensor]]:
    """Return the model of a `model.tar.gz`, of which nothing else is looked at.

    Raises:
        ModelFilesError: There is none.
    """
    try:
        with tarfile.open(path) as archive:
            return _model(_member(archive, FACTS), _member(archive, WEIGHTS))
    except (OSError, EOFError, tarfile.TarError, KeyError) as error:
        raise ModelFilesError(
            f"{path.name} is no archive of a model that image classification left here: {error}"
        ) from error


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    found = {member.name.removeprefix("./"): member for member in archive}
    member = found[name]
    content = archive.extractfile(member) if member.size <= MOST_BYTES else None
    return (content or io.BytesIO()).read()


def _model(facts: bytes, weights: bytes) -> tuple[Shape, Mapping[str, Tensor]]:
    try:
        known: Mapping[str, Any] = json.loads(facts)
        return Shape(**known), load(weights)
    except (ValueError, TypeError, SafetensorError) as error:
        raise ModelFilesError(f"The model's files cannot be read: {error}") from error
