"""All fleets of one server, and the routes that lead to them."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from outcrop.jobs.interface import MeasuringRunner, Runner, Usage
from outcrop.jobs.serving import replica
from outcrop.jobs.serving.fleet import Fleet, seats_below
from outcrop.jobs.serving.interface import Answerer, Serving
from outcrop.jobs.serving.routes import Route

STOP_SECONDS = 10.0
"""How long a server that stops waits for the ends of its replicas."""


class Fleets:
    """Fleets by id, in folders of a directory."""

    def __init__(self, runner: Runner, directory: Path, *, most: int | None = None) -> None:
        """Keep the fleets of a directory.

        Args:
            runner: Runs their programs.
            directory: Where their files lie.
            most: How many replicas they may have together; `None`: any number.
        """
        self.most = most
        self._runner = runner
        self._directory = directory
        self._open: dict[str, Answerer] = {}
        self._removing: dict[str, asyncio.Task[None]] = {}
        self._routes: dict[str, Route] = {}
        self._published = asyncio.Condition()

    def has_room(self, count: int) -> bool:
        """Tell whether there may be so many replicas more."""
        there = sum(fleet.size for fleet in self._open.values())
        return self.most is None or there + count <= self.most

    def folder(self, fleet_id: str) -> Path:
        """Return where the files of a fleet lie; replicas have folders of their own in it."""
        return self._directory / fleet_id

    def kept(self) -> list[str]:
        """Return the ids of all fleets that have files."""
        return [one.name for one in self._directory.iterdir()] if self._directory.exists() else []

    def open(self, fleet_id: str, serving: Serving) -> Fleet:
        """Return a fleet; it has no replicas until it is scaled."""
        fleet = self._open.get(fleet_id)
        if not isinstance(fleet, Fleet):
            fleet = self._open[fleet_id] = Fleet(self._runner, self.folder(fleet_id), serving)
        return fleet

    def adopt(self, fleet_id: str, make: Callable[[], Answerer]) -> Answerer:
        """Return who answers under an id without programs; `make` gives it, if nobody does yet."""
        fleet = self._open.get(fleet_id)
        if fleet is None:
            fleet = self._open[fleet_id] = make()
        return fleet

    async def usage(self, fleet_id: str) -> Usage | None:
        """Return what the replicas of a fleet take together; `None` where nobody measures it."""
        if not isinstance(self._runner, MeasuringRunner):
            return None
        seats = await asyncio.to_thread(seats_below, self.folder(fleet_id))
        each = await asyncio.gather(
            *(self._runner.usage(replica.run_id_of(seat)) for seat in seats)
        )
        found = [one for one in each if one is not None]
        if not found:
            return None
        return Usage(
            processor_seconds=sum(one.processor_seconds for one in found),
            memory_bytes=sum(one.memory_bytes for one in found),
        )

    def opened(self, fleet_id: str) -> Answerer:
        """Return a fleet that was opened, or adopted, before.

        Raises:
            KeyError: It was not, or has been removed.
        """
        return self._open[fleet_id]

    async def remove(self, fleet_id: str, *, drain_seconds: float = 0.0) -> None:
        """End a fleet's programs once who is asked has answered, and delete its files.

        Whoever wants it gone while it is being removed waits for that.
        """
        removing = self._removing.get(fleet_id)
        if removing is None:
            removing = asyncio.create_task(self._remove(fleet_id, drain_seconds))
            self._removing[fleet_id] = removing
            removing.add_done_callback(lambda _: self._removing.pop(fleet_id))
        await asyncio.shield(removing)

    async def rest(self, fleet_id: str, *, drain_seconds: float = 0.0) -> None:
        """End a fleet's programs once who is asked has answered; its files stay."""
        fleet = self._open.pop(fleet_id, None)
        if fleet is not None:
            await fleet.end(drain_seconds=drain_seconds)
        await self._end(fleet_id)

    async def _remove(self, fleet_id: str, drain_seconds: float) -> None:
        await self.rest(fleet_id, drain_seconds=drain_seconds)
        await asyncio.to_thread(shutil.rmtree, self.folder(fleet_id), ignore_errors=True)

    def route(self, name: str) -> Route | None:
        """Return who answers under a name."""
        return self._routes.get(name)

    async def published(self, name: str) -> Route:
        """Wait until somebody answers under a name."""
        async with self._published:
            await self._published.wait_for(lambda: name in self._routes)
            return self._routes[name]

    async def publish(self, name: str, route: Route) -> None:
        """Let fleets answer under a name from now on, and no others."""
        self._routes[name] = route
        async with self._published:
            self._published.notify_all()

    def withdraw(self, name: str) -> None:
        """Let nobody answer under a name."""
        self._routes.pop(name, None)

    async def close(self) -> None:
        """End all programs: only this server asks them. The next one starts them anew."""
        self._routes.clear()
        fleets, self._open = self._open, {}
        await asyncio.gather(*(fleet.abandon() for fleet in fleets.values()))
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self._removing.values(), return_exceptions=True)
                await asyncio.gather(*(self._end(fleet_id) for fleet_id in self.kept()))
        except TimeoutError:
            return

    async def _end(self, fleet_id: str) -> None:
        seats = seats_below(self.folder(fleet_id))
        await asyncio.gather(*(replica.stop(self._runner, seat) for seat in seats))
        await asyncio.gather(*(replica.gone(self._runner, seat) for seat in seats))
