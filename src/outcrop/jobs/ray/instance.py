"""What keeps one run on a node of the cluster: an actor's methods."""

import asyncio
import fcntl
import os
import shutil
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from outcrop.jobs.interface import End, Line, Program
from outcrop.jobs.process.runner import ProcessRunner
from outcrop.jobs.ray import parcels
from outcrop.jobs.runtimes import PROGRAMS, Runtime, RuntimeStore

LOOK_SECONDS = 2.0
"""The longest that an answer is waited for: a server that dies meanwhile is not."""
_SIOCGIFADDR = 0x8915


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an instance is to run, in the words of the server's machine."""

    run_id: str
    program: Program
    """Its mounts' sources are the server's paths."""
    runtime: Runtime | None
    programs: str
    """Where the server has what programs of runtimes import."""
    address: str
    """Where its peers reach it."""


class Instance:
    """One run on this node; its files lie below a directory that it shares with others."""

    def __init__(self, order: Order, runtimes: Path) -> None:
        self._order = order
        self._runtimes = RuntimeStore(runtimes)
        self._shared = runtimes.parent / "instances"
        self._folder = self._shared / order.run_id
        # All runs of a node side by side: peers that share a network find one another there.
        self._runner = ProcessRunner(self._shared / "runs", is_owner=True)
        self._known: dict[int, parcels.Snapshot] = {}
        self._offered: dict[int, tuple[int, parcels.Snapshot]] = {}
        self._serial = 0
        self._is_started = False

    async def is_started(self) -> bool:
        """Tell whether the program was started."""
        return self._is_started

    async def receive(self, number: int, offset: int, piece: bytes) -> None:
        """Take a piece of the archive of a mount; the first one begins it anew."""
        await asyncio.to_thread(_write, self._archive(number), offset, piece)

    async def unpack(self, number: int) -> None:
        """Make a mount's files of the archive that has come."""
        folder = self._mount(number)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        await asyncio.to_thread(parcels.unpack, self._archive(number), folder)
        self._archive(number).unlink()
        self._known[number] = await asyncio.to_thread(parcels.snapshot, folder)

    async def start(self) -> None:
        """Start the program, whose files have come.

        Raises:
            CannotInstallError: Its runtime cannot be had.
            CannotRunError: It could not be started.
        """
        if self._is_started:
            return
        if self._order.runtime is not None:
            await self._runtimes.install(self._order.runtime, say=print)
        await self._runner.start(self._order.run_id, self._program())
        self._is_started = True

    async def lines(self, offset: int) -> tuple[Sequence[Line], bool]:
        """Return some lines from an offset on, and whether there may be more later."""
        over = await self.end() is not None
        run = self._runner.lines(self._order.run_id, offset=offset)
        try:
            async with asyncio.timeout(None if over else LOOK_SECONDS):
                async for lines in run:
                    return lines, True
        except TimeoutError:
            return (), True
        finally:
            await run.aclose()
        return (), not over

    async def end(self, seconds: float = 0.05) -> End | None:
        """Return how the program ended; `None` if it has not within some seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await self._runner.end(self._order.run_id)
        except TimeoutError:
            return None

    async def stop(self) -> None:
        """Ask the program to end."""
        await self._runner.stop(self._order.run_id)

    async def offer(self, number: int, serial: int) -> tuple[int, int]:
        """Pack what has changed in a mount since what was offered under a serial number has come.

        Returns:
            The new offer's serial number, and how many bytes there are; none if nothing changed.
        """
        last = self._offered.get(number)
        if last is not None and last[0] == serial:
            self._known[number] = last[1]
        now = await asyncio.to_thread(parcels.snapshot, self._mount(number))
        known = self._known.get(number, {})
        changed = [name for name, state in now.items() if known.get(name) != state]
        self._serial += 1
        self._offered[number] = (self._serial, now)
        if not changed:
            return self._serial, 0
        archive = self._archive(number)
        await asyncio.to_thread(parcels.pack, self._mount(number), iter(changed), archive)
        return self._serial, archive.stat().st_size

    async def give(self, number: int, offset: int) -> bytes:
        """Return a piece of what was offered."""
        return await asyncio.to_thread(_read, self._archive(number), offset)

    async def forget(self) -> None:
        """Remove all files."""
        await self._runner.forget(self._order.run_id)
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _archive(self, number: int) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{number}.tar"

    def _mount(self, number: int) -> Path:
        return self._folder / "mounts" / str(number)

    def _program(self) -> Program:
        """Return the program as this node has it."""
        order = self._order
        program = order.program
        environment = dict(program.environment)
        if "PYTHONPATH" in environment:
            environment["PYTHONPATH"] = environment["PYTHONPATH"].replace(
                order.programs, str(PROGRAMS)
            )
        if "GLOO_SOCKET_IFNAME" in environment:
            environment["GLOO_SOCKET_IFNAME"] = _interface(order.address)
        mounts = [
            mount
            if str(mount.source) == mount.target
            else replace(mount, source=self._mount(number))
            for number, mount in enumerate(program.mounts)
        ]
        hidden = [path for path in (*program.hidden, self._shared) if path.exists()]
        return replace(program, environment=environment, mounts=mounts, hidden=hidden)


def _interface(address: str) -> str:
    """Return the name of the network interface that has an address. Source: netdevice(7)."""
    if not address.startswith("127."):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            for _, name in socket.if_nameindex():
                request = struct.pack("256s", name.encode())
                try:
                    found = fcntl.ioctl(any_socket, _SIOCGIFADDR, request)[20:24]
                except OSError:  # It has none.
                    continue
                if socket.inet_ntoa(found) == address:
                    return name
    return "lo"


def _write(path: Path, offset: int, piece: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if not offset else 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.seek(offset)
        file.write(piece)


def _read(path: Path, offset: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(parcels.PIECE_BYTES)
