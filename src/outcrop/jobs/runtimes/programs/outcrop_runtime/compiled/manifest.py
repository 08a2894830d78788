"""What is known of a compiled model: the file beside its graph."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MANIFEST, GRAPH = "compiled.json", "compiled.onnx"
ROWS = -1
"""The first dimension of inputs of which any number of rows may come."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a compiled model."""

    name: str
    shape: Sequence[int]
    type: str
    """Of its elements, as NumPy names it: `float32`."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a compiled model is."""

    framework: str
    target: str
    inputs: Sequence[Input]
    outputs: Sequence[str]

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Return what lies in a model's folder.

        Raises:
            FileNotFoundError: No compiled model does.
        """
        told: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        inputs = [Input(one["name"], one["shape"], one["type"]) for one in told["inputs"]]
        return cls(told["framework"], told["target"], inputs, told["outputs"])
