"""A compiled model, loaded."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from outcrop_runtime.compiled.manifest import GRAPH, ROWS, Input, Manifest

ERRORS_ONLY = 3


class ShapeError(ValueError):
    """An input is not of the shape that the model was compiled for."""


class CompiledModel:
    """What runs a compiled model on this machine's processors."""

    def __init__(self, folder: Path) -> None:
        """Load the compiled model of a folder.

        Raises:
            FileNotFoundError: There is none.
        """
        self.manifest = Manifest.read(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
        options.log_severity_level = ERRORS_ONLY
        # Threads that spin while they wait take the processors from others.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )

    def run(self, given: Any) -> Sequence[Any]:
        """Return the model's outputs.

        Args:
            given: An array; or for several inputs, arrays by name or in order.

        Raises:
            ShapeError: It does not fit.
        """
        inputs = self.manifest.inputs
        arrays = self._by_name(given)
        fitted = {one.name: _fitted(one, arrays[one.name]) for one in inputs}
        answers: Sequence[Any] = self._session.run(None, fitted)
        return answers

    def _by_name(self, given: Any) -> Mapping[str, Any]:
        names = [one.name for one in self.manifest.inputs]
        if isinstance(given, Mapping):
            if sorted(given) != sorted(names):
                raise ShapeError(
                    f"The model takes the inputs {', '.join(names)}, not {', '.join(given)}."
                )
            return given
        if len(names) == 1:
            return {names[0]: given}
        if len(given) != len(names):
            raise ShapeError(f"The model takes {len(names)} inputs, not {len(given)}.")
        return dict(zip(names, given, strict=True))


def _fitted(one: Input, given: Any) -> Any:
    """Return an array as an input: of its type, with a first dimension of 1 if that is missing."""
    try:
        array = np.asarray(given).astype(one.type)
    except (TypeError, ValueError) as error:
        raise ShapeError(f"The input {one.name} must hold numbers: {error}") from error
    if array.ndim == len(one.shape) - 1:
        array = array[np.newaxis]
    fits = array.ndim == len(one.shape) and all(
        its in (ROWS, mine) for mine, its in zip(array.shape, one.shape, strict=True)
    )
    if not fits:
        wanted = ["any" if side == ROWS else side for side in one.shape]
        raise ShapeError(
            f"The model was compiled for the input {one.name} of shape"
            f" {wanted}, not {list(array.shape)}."
        )
    return array
