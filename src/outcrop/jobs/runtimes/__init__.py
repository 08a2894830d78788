"""The environments that programs run in: what a container image is elsewhere."""

from outcrop.jobs.runtimes.added import FILE as ADDED_RUNTIMES
from outcrop.jobs.runtimes.added import CatalogError
from outcrop.jobs.runtimes.catalog import (
    PROGRAMS,
    Runtime,
    UnknownImageError,
    add_from,
    find_runtime,
    is_known,
    load_runtimes,
    make_runtime,
    run_images,
)
from outcrop.jobs.runtimes.store import CannotInstallError, RuntimeStore

__all__ = [
    "ADDED_RUNTIMES",
    "PROGRAMS",
    "CannotInstallError",
    "CatalogError",
    "Runtime",
    "RuntimeStore",
    "UnknownImageError",
    "add_from",
    "find_runtime",
    "is_known",
    "load_runtimes",
    "make_runtime",
    "run_images",
]
