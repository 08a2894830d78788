"""What users' handlers import in AWS's images for compiled PyTorch models.

After `config`, `torch.jit.load` returns the compiled model where a handler asks for the one that it
was compiled from.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-deployment-hosting-services-prerequisites.html
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from outcrop_runtime.compiled.manifest import MANIFEST
from outcrop_runtime.compiled.model import CompiledModel

NAMES = ("compiled.pt", "model.pth")
"""Of the compiled model: as older versions call it, and as newer ones do."""
_load: Callable[..., Any] = torch.jit.load


class CompiledModule(torch.nn.Module):
    """A compiled model that is asked as one of PyTorch's."""

    def __init__(self, model: CompiledModel) -> None:
        super().__init__()
        self._model = model

    def forward(self, *given: torch.Tensor) -> Any:
        """Return the model's output, or a tuple of several."""
        arrays = [one.detach().cpu().numpy() for one in given]
        answers = self._model.run(arrays[0] if len(arrays) == 1 else arrays)
        tensors = tuple(torch.from_numpy(one) for one in answers)
        return tensors[0] if len(tensors) == 1 else tensors


def config(model_dir: str, neo_runtime: bool = True) -> None:
    """Have a folder's compiled model loaded by `torch.jit.load`."""
    folder = Path(model_dir).resolve()

    def load(path: Any, *arguments: Any, **options: Any) -> Any:
        asked = Path(path).resolve() if isinstance(path, str | Path) else None
        if asked is not None and asked.parent == folder and asked.name in NAMES:
            return CompiledModule(CompiledModel(folder))
        return _load(path, *arguments, **options)

    is_compiled = neo_runtime and (folder / MANIFEST).exists()
    torch.jit.load = load if is_compiled else _load
