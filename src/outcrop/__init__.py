"""Outcrop: the AI half of AWS, for real, on your own machine."""

__version__ = "0.1.0"
