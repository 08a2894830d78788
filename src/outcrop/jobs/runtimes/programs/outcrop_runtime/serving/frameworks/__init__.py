"""What frameworks do where the user's module has no function of its own: one module each."""

import importlib
from pathlib import Path
from typing import cast

from outcrop_runtime.serving.handlers import Framework


def find_framework(name: str, folder: Path) -> Framework:
    """Return the functions of a framework, perhaps those that it has for the model of a folder."""
    module = importlib.import_module(f"{__name__}.{name}")
    return cast("Framework", module.for_model(folder) if hasattr(module, "for_model") else module)
