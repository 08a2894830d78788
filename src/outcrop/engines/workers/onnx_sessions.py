"""ONNX models, loaded for a worker.

Source: https://onnxruntime.ai/docs/api/python/api_summary.html
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]: it ships none

from outcrop.engines.workers.child import RefusedError

_onnxruntime: Any = onnxruntime

ERRORS_ONLY = 3
"""onnxruntime's log severity: exporters leave harmless warnings behind."""


class OnnxModel:
    """A model that is loaded, on all processors that the process may use."""

    def __init__(self, path: Path | bytes, *, threads: int | None = None) -> None:
        """Load a model from a file, or from the contents of one.

        Raises:
            RefusedError: Of the kind "load".
        """
        options = _onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or len(os.sched_getaffinity(0))
        options.log_severity_level = ERRORS_ONLY
        # Inputs differ in size: what an arena keeps for the largest is never given back.
        options.enable_cpu_mem_arena = False
        # Threads must not spin while nobody asks: other engines want the processors.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        try:
            self._session = _onnxruntime.InferenceSession(
                path if isinstance(path, bytes) else str(path),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # Its errors share no class of their own.
            name = "What was made of the weights" if isinstance(path, bytes) else str(path)
            raise RefusedError(
                "load", f"{name} is no model that ONNX Runtime can load: {error}"
            ) from error
        self._outputs: list[str] = [port.name for port in self._session.get_outputs()]
        self._inputs: list[str] = [port.name for port in self._session.get_inputs()]

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the file says beside the model."""
        return self._session.get_modelmeta().custom_metadata_map

    def run(self, *inputs: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float32]]:
        """Return the outputs by name, for the inputs in the model's order."""
        given = dict(zip(self._inputs, inputs, strict=True))
        return dict(zip(self._outputs, self._session.run(self._outputs, given), strict=True))
