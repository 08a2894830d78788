"""Models of each framework: one module each, with `read`, which loads and converts them."""

import importlib
from typing import Protocol, cast

from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Task

MODULES = {
    "ONNX": "onnx_graphs",
    "PYTORCH": "pytorch",
    "SKLEARN": "scikit_learn",
    "XGBOOST": "xgboost_trees",
}


class Framework(Protocol):
    """A module of this package."""

    def read(self, task: Task) -> Original:
        """Load the model of a task, and convert it.

        Raises:
            InputError: It is none, or cannot be converted.
        """
        ...


def find_framework(name: str) -> Framework:
    """Return the module for a framework, named as CreateCompilationJob does."""
    return cast("Framework", importlib.import_module(f"{__name__}.{MODULES[name]}"))
