"""What a compilation job is told."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Given:
    """An input as the job's request declares it."""

    name: str
    """Empty: only its place among the inputs is known."""
    shape: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A job's task."""

    framework: str
    """As CreateCompilationJob names it: `PYTORCH`."""
    target: str
    inputs: Sequence[Given]
    """None: they are to be derived from the model."""
    type: str
    """Of the inputs' elements: `float32` or `int64`."""
    is_quantized: bool
    """Whether products of matrices are to be of 8-bit integers."""
    notes: Sequence[str]
    """What is to be said before anything else."""
    model: Path
    output: Path

    @classmethod
    def read(cls, root: Path) -> "Task":
        """Read the task of an instance."""
        told: Any = json.loads((root / "input/config/compilation.json").read_text(encoding="utf-8"))
        return cls(
            framework=told["framework"],
            target=told["target"],
            inputs=[Given(one["name"], one["shape"]) for one in told["inputs"]],
            type=told["type"],
            is_quantized=told["is_quantized"],
            notes=told["notes"],
            model=root / "input/model",
            output=root / "model",
        )

    def files(self, *suffixes: str) -> list[Path]:
        """Return the model's own files at the top of its archive, perhaps those of some suffixes.

        Users' code and hidden files are none of the model.
        """
        found = sorted(path for path in self.model.iterdir() if path.is_file())
        return [
            path
            for path in found
            if not path.name.startswith(".") and (not suffixes or path.suffix in suffixes)
        ]
