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
_BELOW = "outcrop-below.pth"
"""The file of an environment that names the packages of those it extends."""
_HEAD = 1024
"""Where a command names its interpreter: in its first line, or after a line for the shell."""


class CannotInstallError(Exception):
    """pip could not make an environment; the message holds its last words."""


class RuntimeStore:
    """Environments in the folders of a directory, by runtime and content."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._installing: dict[Path, asyncio.Task[None]] = {}

    def path(self, runtime: Runtime) -> Path:
        """Return the folder of a runtime's environment, which may not be there yet."""
        owner = _owner(runtime)
        if owner.folder is not None:
            return owner.folder
        return self._directory / f"{owner.name}-{owner.digest}"

    def remove(self, runtime: Runtime) -> None:
        """Delete a runtime's environment, unless others made it; jobs that run in it fail."""
        if _owner(runtime).folder is not None:
            return
        with locked(_lock_of(self.path(runtime))):
            shutil.rmtree(self.path(runtime), ignore_errors=True)

    def is_installed(self, runtime: Runtime) -> bool:
        """Tell whether a runtime's environment is whole."""
        if runtime.engine or runtime.image:  # It needs none.
            return True
        folder = _owner(runtime).folder
        if folder is not None:
            return (folder / "bin" / "python").exists()
        whole = (self.path(runtime) / _READY).exists()
        return whole and (runtime.parent is None or self.is_installed(runtime.parent))

    async def install(self, runtime: Runtime, *, say: Callable[[str], None]) -> Path:
        """Make a runtime's environment, unless it is there, and return its folder.

        Args:
            runtime: Which one.
            say: Takes what pip says, line by line, in a thread of its own.

        Raises:
            CannotInstallError: Packages cannot be had.
        """
        owner = _owner(runtime)
        path = self.path(owner)
        if runtime.engine or runtime.image:
            return path
        below = await self.install(owner.parent, say=say) if owner.parent else None
        if owner.folder is not None and not self.is_installed(owner):
            raise CannotInstallError(f"There is no environment in {owner.folder}.")
        if not self.is_installed(owner):
            task = self._installing.get(path)
            if task is None:
                task = asyncio.create_task(_install(owner, path, below, say))
                self._installing[path] = task
                task.add_done_callback(lambda _: self._installing.pop(path))
            await asyncio.shield(task)  # Others may wait for it, too.
        return path


def _owner(runtime: Runtime) -> Runtime:
    """Return the runtime whose environment a runtime runs in: its own if it has packages."""
    adds = runtime.packages or runtime.packages_without_dependencies
    return runtime if adds or runtime.folder or runtime.parent is None else _owner(runtime.parent)


async def _install(
    runtime: Runtime, path: Path, below: Path | None, say: Callable[[str], None]
) -> None:
    """Make an environment where it stays: its programs name their interpreter's path.

    Args:
        runtime: Which one.
        path: Its folder.
        below: The environment that it extends, whose packages are not installed again.
        say: Takes what pip says.
    """
    python = str(path / "bin" / "python")
    with contextlib.ExitStack() as held:
        await asyncio.to_thread(held.enter_context, locked(_lock_of(path)))
        if (path / _READY).exists():  # Another process made it meanwhile.
            return
        await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)
        if below is None:
            await _run(say, sys.executable, "-m", "venv", str(path))
        else:
            await _run(say, sys.executable, "-m", "venv", "--without-pip", str(path))
            await asyncio.to_thread(_see_packages_of, below, path)
        install = (python, "-m", "pip", "install", "--no-input")
        if runtime.packages:
            await _run(say, *install, *runtime.packages)
        if runtime.packages_without_dependencies:
            await _run(say, *install, "--no-deps", *runtime.packages_without_dependencies)
        if below is not None:
            await asyncio.to_thread(_take_commands_of, below, path)
        (path / _READY).touch()


def _see_packages_of(below: Path, path: Path) -> None:
    """Have an environment find another's packages after its own: pip sees them as installed."""
    packages = _packages(below)
    inherited = packages / _BELOW
    further = inherited.read_text(encoding="utf-8") if inherited.exists() else ""
    (_packages(path) / _BELOW).write_text(f"{packages}\n{further}", encoding="utf-8")


def _take_commands_of(below: Path, path: Path) -> None:
    """Copy an environment's commands into another, whose interpreter then runs them."""
    for command in (below / "bin").iterdir():
        own = path / "bin" / command.name
        if own.exists() or not command.is_file():
            continue
        content = command.read_bytes()
        interpreter = f"{below}/bin/python".encode()
        if interpreter in content[:_HEAD]:
            own.write_bytes(content.replace(interpreter, f"{path}/bin/python".encode()))
            own.chmod(command.stat().st_mode)


def _packages(environment: Path) -> Path:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / version / "site-packages"


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
