"""The environments that programs run in: what a container image is elsewhere."""

from outcrop.jobs.runtimes.catalog import (
    PROGRAMS,
    Runtime,
    UnknownImageError,
    find_runtime,
    load_runtimes,
)
from outcrop.jobs.runtimes.store import CannotInstallError, RuntimeStore

__all__ = [
    "PROGRAMS",
    "CannotInstallError",
    "Runtime",
    "RuntimeStore",
    "UnknownImageError",
    "find_runtime",
    "load_runtimes",
]
