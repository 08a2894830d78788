"""Puts the rooms together; the only room that creates backends."""

from outcrop.assembly.errors import CannotStartError
from outcrop.assembly.outcrop import Outcrop

__all__ = ["CannotStartError", "Outcrop"]
