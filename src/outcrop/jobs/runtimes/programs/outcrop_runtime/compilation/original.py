"""What a framework gives of a model: a graph of ONNX, and the model itself to compare it with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop_runtime.compiled.manifest import Input


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A model as it came, converted but not optimised."""

    graph: Any
    """`onnx.ModelProto`; its outputs are what `ask` returns, in this order."""
    inputs: Sequence[Input]
    ask: Callable[[Sequence[Any]], Sequence[Any]]
    """Returns the model's own answer, arrays for arrays."""
    is_tabular: bool = False
    """Whether it takes rows of features, on scales that differ."""
    takes_missing: bool = False
    """Whether values may be missing (NaN)."""
    baseline: str = ""
    """What the original runs on: what the gain is measured against."""
    kept: Sequence[tuple[Path, str]] = ()
    """Further files for the compiled model's folder: where they are, and their names there."""
