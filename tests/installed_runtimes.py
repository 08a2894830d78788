"""Runtimes as the server makes them, for tests of what runs inside; one for all tests, kept."""

import asyncio
from pathlib import Path

from outcrop.jobs.runtimes import PROGRAMS, RuntimeStore, load_runtimes
from outcrop.services.sagemaker.running.programs import EVERYWHERE
from outcrop.settings import load


def runtime_python(name: str) -> Path:
    """Return the interpreter of a runtime, which is installed if it is not there."""
    store = RuntimeStore(load().jobs.runtimes)
    path = asyncio.run(store.install(load_runtimes()[name], say=lambda _: None))
    return path / "bin" / "python"


def program_environment(**more: str) -> dict[str, str]:
    """Return the variables that a program of a runtime needs at least."""
    return {**EVERYWHERE, "PATH": "/usr/bin:/bin", "PYTHONPATH": str(PROGRAMS), **more}
