"""Predicts with the model of a folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from outcrop_runtime.default_model.columns import encode
from outcrop_runtime.default_model.description import (
    WEIGHTS,
    Description,
    ModelFilesError,
    read_description,
    write_description,
)
from outcrop_runtime.default_model.images import pixels
from outcrop_runtime.default_model.networks import network_of
from outcrop_runtime.default_model.rows import Cell, Prediction, Row, RowsError

ROWS_AT_ONCE = 1024


def load(folder: Path | str, *, device: str | None = None) -> "Predictor":
    """Return a predictor with the model of a folder.

    Args:
        folder: Holds `model.json` and `model.safetensors`.
        device: `cpu` or `cuda`; by default a GPU where there is one.

    Raises:
        ModelFilesError: The folder holds no such model.
    """
    description = read_description(Path(folder))
    network = network_of(description)
    try:
        network.load_state_dict(load_file(Path(folder, WEIGHTS)))
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ModelFilesError(f"{WEIGHTS} cannot be read: {error}") from error
    return Predictor(description, network, device=device)


def save(folder: Path, description: Description, network: nn.Module) -> None:
    """Write a model into a folder."""
    weights = {name: value.contiguous().cpu() for name, value in network.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    write_description(folder, description)


class Predictor:
    """A model that answers; several threads may ask at once."""

    def __init__(
        self, description: Description, network: nn.Module, *, device: str | None = None
    ) -> None:
        self.description = description
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._device).eval()

    def predict(self, rows: Sequence[Row]) -> list[Prediction]:
        """Return a prediction for each row, in order.

        A first row that only repeats the columns' names is none.

        Raises:
            RowsError: They are not such as the model was trained on.
        """
        if rows and self._is_header(rows[0]):
            rows = rows[1:]
        found: list[Prediction] = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            inputs = inputs_of(self.description, rows[start : start + ROWS_AT_ONCE])
            found += self._predicted([torch.from_numpy(one) for one in inputs])
        return found

    def _is_header(self, row: Row) -> bool:
        names = [column.name for column in self.description.columns]
        return self.description.has_names and isinstance(row, list) and row == names

    def _predicted(self, inputs: Sequence[Tensor]) -> list[Prediction]:
        with torch.inference_mode():
            outputs = self._network(*(one.to(self._device) for one in inputs))
        if not self.description.classes:
            values = outputs[:, 0].double() * self.description.scale + self.description.mean
            return [Prediction(label=value) for value in values.tolist()]
        classes = self.description.classes
        shares: list[list[float]] = outputs.softmax(dim=1).tolist()
        return [
            Prediction(
                label=classes[max(range(len(share)), key=share.__getitem__)],
                probabilities=dict(zip(classes, share, strict=True)),
            )
            for share in shares
        ]


def inputs_of(description: Description, rows: Sequence[Row]) -> Sequence[NDArray[np.generic]]:
    """Return what the network takes for rows.

    Raises:
        RowsError: They are not such as the model was trained on.
    """
    try:
        if description.kind == "images":
            return (np.stack([_image(row, description.image_size) for row in rows]),)
        table = [_cells(row, description) for row in rows]
        return encode(description.columns, list(zip(*table, strict=True)))
    except RowsError:
        raise
    except ValueError as error:
        raise RowsError(str(error)) from error


def _image(row: Row, size: int) -> NDArray[np.uint8]:
    if not isinstance(row, bytes):
        raise RowsError("This model takes images: send the bytes of an image file.")
    return pixels(row, size)


def _cells(row: Row, description: Description) -> Sequence[Cell]:
    """Return a row's cells in the order of the columns."""
    names = [column.name for column in description.columns]
    if isinstance(row, bytes):
        raise RowsError("This model takes rows of a table, not bytes.")
    if isinstance(row, str):
        row = [row]
    if isinstance(row, Mapping):
        if missing := [name for name in names if name not in row]:
            raise RowsError(f"A row lacks {', '.join(missing)}; the columns are {_list(names)}.")
        return [row[name] for name in names]
    if len(row) != len(names):
        raise RowsError(
            f"A row has {len(row)} values; the model takes {len(names)}: {_list(names)}, without"
            f" {description.label}."
        )
    return row


def _list(names: Sequence[str], most: int = 20) -> str:
    return ", ".join(names) if len(names) <= most else f"{', '.join(names[:most])}, …"
