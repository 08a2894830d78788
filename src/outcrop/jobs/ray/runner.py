"""Runs programs on the nodes of a Ray cluster: the server's side.

The folder of a run holds what the server has to know of it after a restart: `placed` is written
before the cluster is asked for anything, `started` once the program runs, `end` once it is over and
its files are here.
"""

import asyncio
import contextlib
import hashlib
import shutil
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outcrop.jobs.interface import CannotRunError, End, Line, Program, UnknownRunError
from outcrop.jobs.process.folder import RunFolder, as_document, as_end
from outcrop.jobs.ray.instance import Order
from outcrop.jobs.ray.interface import InstanceLostError, Wants
from outcrop.jobs.ray.parcels import CannotSendError
from outcrop.jobs.ray.transfers import Mirror, send
from outcrop.jobs.runtimes import PROGRAMS, Runtime, RuntimeStore, load_runtimes
from outcrop.jobs.starts import Starts

if TYPE_CHECKING:
    from outcrop.jobs.ray.cluster import Cluster, Placement, Remote

FIRST_PORT, PORTS = 10_000, 20_000
"""Where the instances of a job meet: below the ports that the kernel gives to whoever asks."""
MEETING_PORT = "OUTCROP_MEETING_PORT"


class RayRunner:
    """Implements `outcrop.jobs.interface.Runner` on a cluster."""

    def __init__(
        self,
        directory: Path,
        *,
        connect: "Callable[[], Cluster]",
        runtimes: Path,
        endpoint_url: str,
    ) -> None:
        """Run programs on a cluster.

        Args:
            directory: Where what is kept of them lies.
            connect: Joins the cluster; imports Ray, which takes a second.
            runtimes: The folder of the environments, which has the same path on all nodes.
            endpoint_url: What programs are told of where the server is; empty: as they were.
        """
        self._directory = directory
        self._connect = connect
        self._runtimes = runtimes
        self._endpoint_url = endpoint_url
        self._connecting: asyncio.Task[Cluster] | None = None
        self._starts = Starts()
        self._stopped: set[str] = set()

    async def start(self, run_id: str, program: Program) -> None:
        """See `Runner.start`."""
        await self._starts.once(run_id, partial(self._start, self._folder(run_id), program))

    async def end(self, run_id: str) -> End:
        """See `Runner.end`; meanwhile what the program writes comes to its mounts here."""
        run = self._known(run_id)
        if (document := run.read("end")) is None:
            document = as_document(await self._awaited(run))
            run.write("end", document)
        return as_end(document)

    async def lines(self, run_id: str, *, offset: int = 0) -> AsyncGenerator[Sequence[Line], None]:
        """See `Runner.lines`; nothing more comes of a run whose node is lost."""
        run = self._known(run_id)
        is_going_on = True
        with contextlib.suppress(InstanceLostError):
            instance = await self._find(run)
            while is_going_on:
                lines, is_going_on = await instance.ask("lines", offset)
                if lines:
                    offset = lines[-1].next_offset
                    yield lines

    async def stop(self, run_id: str) -> None:
        """See `Runner.stop`."""
        self._stopped.add(run_id)
        await self._starts.settled(run_id)
        run = self._known(run_id)
        if run.read("end") is None:
            with contextlib.suppress(InstanceLostError):
                await (await self._find(run)).ask("stop")

    async def forget(self, run_id: str) -> None:
        """See `Runner.forget`."""
        self._stopped.discard(run_id)
        run = self._folder(run_id)
        placed = run.read("placed")
        if placed is None:
            return
        cluster = await self._cluster()
        with contextlib.suppress(InstanceLostError):
            instance = await asyncio.to_thread(cluster.find, run_id)
            await instance.ask("forget")
            await asyncio.to_thread(instance.kill)
        await asyncio.to_thread(shutil.rmtree, run.path, ignore_errors=True)
        if not any(self._folder(peer).path.exists() for peer in placed["peers"]):
            await asyncio.to_thread(cluster.give_back, placed["group"])

    async def _start(self, run: RunFolder, program: Program) -> None:
        if run.read("started") is not None or run.read("end") is not None:
            return
        members = sorted((run.path.name, *program.peers))
        group = hashlib.sha256("/".join(members).encode()).hexdigest()[:32]
        if run.read("placed") is None:
            run.path.mkdir(parents=True, exist_ok=True)
            run.write("placed", {"group": group, **_kept(program)})
        try:
            await self._place(run, program, group, members)
        except InstanceLostError as error:
            raise CannotRunError(f"The node was lost before the program ran: {error}") from error
        except CannotSendError as error:
            raise CannotRunError(str(error)) from error

    async def _place(
        self, run: RunFolder, program: Program, group: str, members: Sequence[str]
    ) -> None:
        """Find a place in the cluster, bring the program's files there and start it."""
        cluster = await self._cluster()
        wants = Wants(cpus=program.limits.cpus or 1)
        placement = await asyncio.to_thread(
            cluster.placement, group, wants, len(members), is_together=not program.has_network
        )
        if not await self._has_room(placement, run):
            run.write("end", as_document(_stopped()))
            return
        addresses = await asyncio.to_thread(placement.addresses)
        number = members.index(run.path.name)
        order = Order(
            run_id=run.path.name,
            program=self._told(run.path.name, program, members, addresses),
            runtime=self._runtime_of(program),
            programs=str(PROGRAMS),
            address=addresses[number] if _is_spread(addresses) else "127.0.0.1",
        )
        instance = await asyncio.to_thread(
            cluster.instance, order, self._runtimes, wants, placement.strategy(number)
        )
        if not await instance.ask("is_started"):
            await send(program, instance)
            await instance.ask("start")
        run.write("started", {})

    async def _has_room(self, placement: "Placement", run: RunFolder) -> bool:
        """Wait until the cluster has room; `False`: the run was stopped before."""
        while not await placement.is_ready():
            if run.path.name in self._stopped:
                return False
        return True

    async def _awaited(self, run: RunFolder) -> End:
        """Wait for the end of a run, and bring what it has written."""
        placed = run.read("placed") or {}
        began = datetime.fromtimestamp((run.path / "placed.json").stat().st_mtime, UTC)
        try:
            instance = await self._find(run)
            mirror = Mirror(instance, {int(k): Path(v) for k, v in placed["written"].items()})
            while (end := await mirror.end()) is None:
                pass
        except InstanceLostError:
            return End(reason="lost", exit_code=None, started_at=began, ended_at=datetime.now(UTC))
        return end

    def _told(
        self, run_id: str, program: Program, members: Sequence[str], addresses: Sequence[str]
    ) -> Program:
        """Return a program that knows where it and its peers are."""
        environment = dict(program.environment)
        if self._endpoint_url and "AWS_ENDPOINT_URL" in environment:
            environment["AWS_ENDPOINT_URL"] = self._endpoint_url
        if not _is_spread(addresses):
            return replace(program, environment=environment)
        meeting = int(hashlib.sha256("/".join(members).encode()).hexdigest()[:8], 16)
        environment[MEETING_PORT] = str(FIRST_PORT + meeting % PORTS)
        nodes = dict(zip(members, addresses, strict=True))
        others = [name for name in program.hosts if name != program.host_name]
        run_ids = {program.host_name: run_id, **dict(zip(others, program.peers, strict=True))}
        hosts = {name: nodes[run_ids[name]] for name in program.hosts}
        return replace(program, environment=environment, hosts=hosts)

    def _runtime_of(self, program: Program) -> Runtime | None:
        """Return the runtime whose environment a program has among its mounts."""
        sources = {mount.source for mount in program.mounts}
        store = RuntimeStore(self._runtimes)
        runtimes = load_runtimes().values()
        return next((one for one in runtimes if store.path(one) in sources), None)

    async def _find(self, run: RunFolder) -> "Remote":
        cluster = await self._cluster()
        return await asyncio.to_thread(cluster.find, run.path.name)

    async def _cluster(self) -> "Cluster":
        """Return the cluster, which is joined when it is first needed."""
        if self._connecting is None:
            self._connecting = asyncio.create_task(asyncio.to_thread(self._connect))
        try:
            return await asyncio.shield(self._connecting)
        except CannotRunError:
            self._connecting = None
            raise

    def _folder(self, run_id: str) -> RunFolder:
        return RunFolder.below(self._directory, run_id)

    def _known(self, run_id: str) -> RunFolder:
        run = self._folder(run_id)
        if run.read("started") is None and run.read("end") is None:
            raise UnknownRunError(run_id)
        return run


def _is_spread(addresses: Sequence[str]) -> bool:
    """Tell whether instances are on several machines; on one they meet on its loopback."""
    return len(set(addresses)) > 1


def _kept(program: Program) -> dict[str, Any]:
    """Return what is needed of a program once it runs."""
    written = {
        str(number): str(mount.source.resolve())
        for number, mount in enumerate(program.mounts)
        if mount.access == "write"
    }
    return {"written": written, "peers": list(program.peers)}


def _stopped() -> End:
    now = datetime.now(UTC)
    return End(reason="stopped", exit_code=None, started_at=now, ended_at=now)
