"""Outcrop: the AI half of AWS, for real, on your own machine."""

from outcrop.local import LocalServer, local

__version__ = "0.1.0"
__all__ = ["LocalServer", "__version__", "local"]
