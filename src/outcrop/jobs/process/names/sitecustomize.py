"""Lets a Python program find its own instance by name where there is no `/etc/hosts` of its own.

Python imports a `sitecustomize` at its start. A program without namespaces finds this one on
PYTHONPATH and its names in OUTCROP_HOSTS; the one that it stands before is run as well.
"""

import importlib.util
import json
import os
import socket
import sys
from collections.abc import Callable
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
HOSTS: dict[str, str] = json.loads(os.environ.get("OUTCROP_HOSTS", "{}"))


def by_name(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of `socket` that is asked for an address instead of a name known here."""

    def asked(host: Any, *arguments: Any, **named: Any) -> Any:
        return ask(HOSTS.get(host, host), *arguments, **named)

    return asked


def run_the_next() -> None:
    """Run the `sitecustomize` that this one stands before."""
    others = [path for path in sys.path if Path(path or ".").resolve() != HERE]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
    setattr(socket, name, by_name(getattr(socket, name)))
run_the_next()
