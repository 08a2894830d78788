"""The runtimes' environments on disk: made once, shared by all jobs, changed by none."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

from outcrop.jobs.runtimes.catalog import Runtime
from outcrop.weights.locks import locked

_READY = "ready"
_LAST_LINES = 5


class CannotInstallError(Exception):
    """pip could not make an environment; the message holds its last words."""


class RuntimeStore:
    """Environments in the folders of a directory, by runtime and content."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._installing: dict[Path, asyncio.Task[None]] = {}

    def path(self, runtime: Runtime) -> Path:
        """Return the folder of a runtime's environment, which may not be there yet."""
        return self._directory / f"{runtime.name}-{runtime.digest}"

    def remove(self, runtime: Runtime) -> None:
        """Delete a runtime's environment; jobs that run in it fail."""
        with locked(_lock_of(self.path(runtime))):
            shutil.rmtree(self.path(runtime), ignore_errors=True)

    def is_installed(self, runtime: Runtime) -> bool:
        """Tell whether a runtime's environment is whole."""
        return (self.path(runtime) / _READY).exists()

    async def install(self, runtime: Runtime, *, say: Callable[[str], None]) -> Path:
        """Make a runtime's environment, unless it is there, and return its folder.

        Args:
            runtime: Which one.
            say: Takes what pip says, line by line, in a thread of its own.

        Raises:
            CannotInstallError: Packages cannot be had.
        """
        path = self.path(runtime)
        if not self.is_installed(runtime):
            task = self._installing.get(path)
            if task is None:
                task = asyncio.create_task(_install(runtime, path, say))
                self._installing[path] = task
                task.add_done_callback(lambda _: self._installing.pop(path))
            await asyncio.shield(task)  # Others may wait for it, too.
        return path


async def _install(runtime: Runtime, path: Path, say: Callable[[str], None]) -> None:
    """Make an environment where it stays: its programs name their interpreter's path."""
    python = str(path / "bin" / "python")
    with contextlib.ExitStack() as held:
        await asyncio.to_thread(held.enter_context, locked(_lock_of(path)))
        if (path / _READY).exists():  # Another process made it meanwhile.
            return
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        await _run(say, sys.executable, "-m", "venv", str(path))
        install = (python, "-m", "pip", "install", "--no-input")
        await _run(say, *install, *runtime.packages)
        if runtime.packages_without_dependencies:
            await _run(say, *install, "--no-deps", *runtime.packages_without_dependencies)
        (path / _READY).touch()


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


async def _run(say: Callable[[str], None], *command: str) -> None:
    """Run a command, in a thread: asyncio's own child processes may outlast a loop's shutdown."""
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - it starts at once, and is waited for in a thread
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
        errors="replace",
    )
    try:
        await asyncio.to_thread(_read, process, say)
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise


def _read(process: "subprocess.Popen[str]", say: Callable[[str], None]) -> None:
    """Pass on what a process says until it ends; raise its last words if it failed."""
    last: deque[str] = deque(maxlen=_LAST_LINES)
    with process:
        for line in process.stdout or ():
            last.append(line.rstrip())
            say(line.rstrip())
    if process.returncode:
        raise CannotInstallError("\n".join(last))
