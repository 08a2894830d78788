"""Runs programs in sandboxes of this machine; see the package for how a run outlives the server."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from outcrop.jobs.gpus import Gpu
from outcrop.jobs.interface import (
    CannotRunError,
    End,
    GpusTakenError,
    Line,
    Program,
    UnknownRunError,
    Usage,
)
from outcrop.jobs.process import control_group
from outcrop.jobs.process.folder import RunFolder, as_end
from outcrop.jobs.process.graphics import TAKEN
from outcrop.jobs.process.memory import family_of, held_bytes, processor_seconds
from outcrop.jobs.process.output import lines_of
from outcrop.jobs.process.sandbox import SANDBOXES, Isolation
from outcrop.jobs.starts import Starts

LOOK_SECONDS = 0.1
"""Between looks for more output."""
PIECE_BYTES = 1 << 20


class ProcessRunner:
    """Implements `outcrop.jobs.interface.Runner` in folders of a directory."""

    def __init__(
        self,
        directory: Path,
        *,
        isolations: Sequence[Isolation] = SANDBOXES,
        is_owner: bool = False,
        gpus: Sequence[Gpu] | None = None,
    ) -> None:
        """Run programs in a directory.

        Args:
            directory: Where what is kept of them lies.
            isolations: How they may be isolated; the first that the kernel allows is taken.
            is_owner: They end when this process does.
            gpus: Those that programs may have; `None`: each sees whatever there is.
        """
        self._gpus = None if gpus is None else [asdict(gpu) for gpu in gpus]
        self._owner = os.getpid() if is_owner else None
        self._directory = directory
        self._isolations = isolations
        self._starts = Starts()

    async def start(self, run_id: str, program: Program) -> None:
        """See `Runner.start`."""
        await self._starts.once(run_id, partial(self._start, self._folder(run_id), program))

    async def end(self, run_id: str) -> End:
        """See `Runner.end`."""
        run = self._known(run_id)
        while (end := self._end_of(run)) is None:
            await _until_gone(run)
        return end

    async def lines(self, run_id: str, *, offset: int = 0) -> AsyncGenerator[Sequence[Line], None]:
        """See `Runner.lines`."""
        run = self._known(run_id)
        is_over = False
        while True:
            while lines := await asyncio.to_thread(_lines, run.output, offset):
                offset = lines[-1].next_offset
                yield lines
            if is_over:
                return
            # What was printed between the last look and the end is read once more.
            is_over = self._end_of(run) is not None
            if not is_over:
                await asyncio.sleep(LOOK_SECONDS)

    async def stop(self, run_id: str) -> None:
        """See `Runner.stop`."""
        await self._starts.settled(run_id)
        run = self._known(run_id)
        with _keeper(run) as keeper:
            if keeper is not None:
                signal.pidfd_send_signal(keeper, signal.SIGTERM)

    async def usage(self, run_id: str) -> Usage | None:
        """See `MeasuringRunner.usage`."""
        document = self._folder(run_id).read("keeper")
        return await asyncio.to_thread(_usage, document["pid"]) if document else None

    async def forget(self, run_id: str) -> None:
        """See `Runner.forget`."""
        await asyncio.to_thread(_forget, self._folder(run_id))

    async def _start(self, run: RunFolder, program: Program) -> None:
        if run.read("program") is None:
            how = {"isolations": self._isolations, "owner": self._owner, "gpus": self._gpus}
            document = {**as_document(program), **how}
            await asyncio.to_thread(_prepare, run, document)
        # asyncio's own child processes may outlast a loop's shutdown.
        said = await asyncio.to_thread(_start_keeper, run)
        if said is not None:
            shutil.rmtree(run.path, ignore_errors=True)
            raise GpusTakenError(said) if said.startswith(TAKEN) else CannotRunError(said)

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder.below(self._directory, run_id)

    def _known(self, run_id: str) -> RunFolder:
        run = self._folder(run_id)
        if run.read("keeper") is None:
            raise UnknownRunError(run_id)
        return run

    def _end_of(self, run: RunFolder) -> End | None:
        """Return how a run ended, `None` while it goes on."""
        if (document := run.read("end")) is not None:
            return as_end(document)
        with run.locked() as is_free:
            if not is_free:
                return None
            if (document := run.read("end")) is None:  # Written just now, or the keeper is dead.
                document = _lost(run)
                run.write("end", document)
            return as_end(document)


def _usage(keeper: int) -> Usage | None:
    """Return what the processes below a keeper take."""
    family = family_of(keeper)[1:]
    if not family:
        return None
    return Usage(
        processor_seconds=sum(map(processor_seconds, family)),
        memory_bytes=sum(map(held_bytes, family)),
    )


def _forget(run: RunFolder) -> None:
    control_group.remove((run.read("keeper") or {}).get("groups", ()))
    shutil.rmtree(run.path, ignore_errors=True)


def _start_keeper(run: RunFolder) -> str | None:
    """Start a run's keeper and return once the program runs, or why it does not."""
    done = subprocess.run(  # noqa: S603 - a program of our own
        [sys.executable, "-m", "outcrop.jobs.process.keeper", run.path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    return done.stderr.decode(errors="replace").strip() if done.returncode else None


def _prepare(run: RunFolder, document: dict[str, Any]) -> None:
    run.path.mkdir(parents=True, exist_ok=True)
    run.write("program", document)


def as_document(program: Program) -> dict[str, Any]:
    """Return a program as its keeper reads it, but for how it is isolated and whose it is."""
    document = asdict(program)
    document["mounts"] = [
        {**asdict(mount), "source": str(mount.source.resolve())} for mount in program.mounts
    ]
    document["hidden"] = [str(path.resolve()) for path in program.hidden]
    return document


def _lost(run: RunFolder) -> dict[str, Any]:
    """Return the end of a run whose keeper is dead, and with it the program."""
    started = (run.path / "program.json").stat().st_mtime
    last_sign = run.output.stat().st_mtime if run.output.exists() else started
    return {
        "reason": "lost",
        "exit_code": None,
        "started_at": started,
        "ended_at": min(last_sign, time.time()),
    }


def _lines(path: Path, offset: int) -> Sequence[Line]:
    """Return some whole lines from an offset on, none if there are none yet."""
    try:
        with path.open("rb") as file:
            file.seek(offset)
            return list(lines_of(file.read(PIECE_BYTES), offset=offset))
    except FileNotFoundError:
        return ()


@contextlib.contextmanager
def _keeper(run: RunFolder) -> Generator[int | None, None, None]:
    """Give a handle on the living keeper of a run, or `None`.

    A process id may be another process by now; one that holds the lock after the handle was made
    was the keeper when it was made.
    """
    document = run.read("keeper")
    try:
        handle = os.pidfd_open((document or {"pid": 0})["pid"])
    except OSError:
        yield None
        return
    try:
        with run.locked() as is_free:
            is_dead = is_free
        yield None if is_dead else handle
    finally:
        os.close(handle)


async def _until_gone(run: RunFolder) -> None:
    """Wait for the end of a run's keeper."""
    with _keeper(run) as keeper:
        if keeper is None:
            return
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        loop.add_reader(keeper, gone.set)
        try:
            await gone.wait()
        finally:
            loop.remove_reader(keeper)
