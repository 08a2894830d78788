"""The environments that programs run in: what a container image is elsewhere."""

from outcrop.jobs.runtimes.catalog import Runtime, UnknownImageError, find_runtime, load_runtimes
from outcrop.jobs.runtimes.store import CannotInstallError, RuntimeStore

__all__ = [
    "CannotInstallError",
    "Runtime",
    "RuntimeStore",
    "UnknownImageError",
    "find_runtime",
    "load_runtimes",
]
