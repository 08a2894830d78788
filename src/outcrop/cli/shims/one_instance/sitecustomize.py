"""Lets `deploy` of SageMaker's SDK v2 take one instance where a program names no count.

Python imports a `sitecustomize` at its start. `outcrop run --assume-one-instance` puts this one
first on PYTHONPATH; it changes nothing until the program imports `sagemaker.model`, and then runs
the `sitecustomize` that it stands before, if there is one.

It runs in the user's Python, which may be older than Outcrop's.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

MODULE = "sagemaker.model"
HERE = Path(__file__).resolve().parent


class OneInstanceFinder(MetaPathFinder):
    """Finds the SDK's module of models as it is, and has its `deploy` changed once it is loaded."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """See `MetaPathFinder.find_spec`."""
        del path, target
        if fullname != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = OneInstanceLoader(spec.loader)
        return spec


class OneInstanceLoader(Loader):
    """Loads a module as its own loader does, and then changes `Model.deploy`."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """See `Loader.create_module`."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """See `Loader.exec_module`."""
        self._loader.exec_module(module)
        model = getattr(module, "Model", None)
        if model is not None:
            model.deploy = with_one_instance(model.deploy)


def with_one_instance(deploy: Any) -> Any:
    """Return `deploy` with a count of 1 where there is an instance type and no count."""

    @functools.wraps(deploy)
    def deploy_one(
        self: Any,
        initial_instance_count: int | None = None,
        instance_type: str | None = None,
        *arguments: Any,
        **named: Any,
    ) -> Any:
        is_serverless = named.get("serverless_inference_config") is not None
        if instance_type and initial_instance_count is None and not is_serverless:
            initial_instance_count = 1
            print(  # noqa: T201 - the program's owner is to see it
                "outcrop: deploy() names no initial_instance_count, which AWS needs; taking 1.",
                file=sys.stderr,
            )
        return deploy(self, initial_instance_count, instance_type, *arguments, **named)

    return deploy_one


def run_next() -> None:
    """Run the `sitecustomize` that this one hides."""
    rest = [path for path in sys.path if Path(path or ".").resolve() != HERE]
    spec = PathFinder.find_spec("sitecustomize", rest)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


sys.meta_path.insert(0, OneInstanceFinder())
run_next()
