"""What the AI services add to their engines: a request over the wire against the engine by itself.

Goals: at most 10 ms or 10 % more a call; with 8 clients at least 90 % of what the engine does for 8
callers; the first call after a start within the engine's load time and half a second.

The engine is the same front and the same worker process that the server has, made a second time in
this process, in an event loop of the same kind. Both are asked turn about, with the same input; of
speech, with sentences of one length. Translation is by a model of a few words, so that what lies
around it shows. The client sends bytes that lie ready: the engine's callers have no client at all.

Of several rounds the best counts. What both sides took of the processors hardly depends on what
else the machine does; where it is busy, only that can be compared.
"""

import argparse
import asyncio
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.ability_engines import Ability, Ask, abilities, make_translation_model
from benchmarks.light_client import Connection, ask_all
from benchmarks.processor_time import processor_seconds
from outcrop.local import LocalServer
from outcrop.settings import Settings, load
from outcrop.weights import WeightStore

CLIENTS = 8
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One ability, both ways."""

    operation: str
    first: tuple[float, float]
    """Seconds of the first call: the engine's, the service's."""
    call: tuple[float, float]
    """Seconds of a call by itself, medians."""
    rate: tuple[float, float]
    """Calls per second for 8 callers, of the best round."""
    processor: tuple[float, float]
    """Seconds of the processors a call for 8 callers, of the best round."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Many calls at once."""

    rate: float
    """Calls per second."""
    processor: float
    """Seconds of the processors a call."""


def main() -> None:
    """Measure all abilities, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", help="an operation")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder:
        config = make_translation_model(Path(folder))
        settings = load(file=config)
        store = WeightStore(settings.weights)
        measured: list[Measured] = []
        for ability in abilities():
            if arguments.only and ability.operation not in arguments.only:
                continue
            for name in ability.weights:
                store.pull(name)
            measured.append(_measured(ability, settings, store, config))
    show(measured)


def _measured(ability: Ability, settings: Settings, store: WeightStore, config: Path) -> Measured:
    with tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder:
        server = LocalServer(Path(folder), settings={"OUTCROP_CONFIG": str(config)})
        with server.running():
            return uvloop.run(_measure(ability, settings, store, server))


async def _measure(
    ability: Ability, settings: Settings, store: WeightStore, server: LocalServer
) -> Measured:
    engine, direct = ability.make(settings, store)
    connect = partial(Connection, server.url, path=ability.path, headers=ability.headers)
    pid = server.process.pid if server.process else 0
    each = max(1, ability.calls // 4)

    async def all_directly() -> None:
        await asyncio.gather(*(_repeat(direct, each) for _ in range(CLIENTS)))

    async def all_through() -> None:
        with contextlib.ExitStack() as closing:
            connections = [closing.enter_context(connect()) for _ in range(CLIENTS)]
            await asyncio.to_thread(ask_all, connections, ability.body, CLIENTS * each)

    try:
        with connect() as connection:

            async def through() -> None:
                connection.ask(ability.body())

            first = await _timed(direct), await _timed(through)
            times: tuple[list[float], list[float]] = ([], [])
            for _ in range(ability.calls):
                for ask, taken in zip((direct, through), times, strict=True):
                    taken.append(await _timed(ask))
        rounds: tuple[list[_Round], list[_Round]] = ([], [])
        for _ in range(ROUNDS):
            rounds[0].append(await _round(all_directly, CLIENTS * each, os.getpid(), without=pid))
            rounds[1].append(await _round(all_through, CLIENTS * each, pid))
    finally:
        await engine.close()
    return Measured(
        ability.operation,
        first,
        (statistics.median(times[0]), statistics.median(times[1])),
        (max(one.rate for one in rounds[0]), max(one.rate for one in rounds[1])),
        (min(one.processor for one in rounds[0]), min(one.processor for one in rounds[1])),
    )


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def _repeat(ask: Ask, times: int) -> None:
    for _ in range(times):
        await ask()


async def _round(ask_all: Ask, calls: int, pid: int, *, without: int | None = None) -> _Round:
    """Measure many calls that a process answers, with its children but one."""

    def spent() -> float:
        return processor_seconds(pid) - (processor_seconds(without) if without else 0.0)

    before = spent()
    seconds = await _timed(ask_all)
    return _Round(calls / seconds, (spent() - before) / calls)


def show(measured: Sequence[Measured]) -> None:
    """Print what was measured."""
    table = Table(title="engine, service: what lies between them")
    columns = (
        "first call, s",
        "a call, ms",
        "more, ms",
        "more, %",
        "8 clients, /s",
        "ratio",
        "processor, ms",
    )
    for column in ("operation", *columns):
        table.add_column(column, justify="left" if column == "operation" else "right")
    for each in measured:
        engine, service = each.call
        table.add_row(
            each.operation,
            f"{each.first[0]:.2f}, {each.first[1]:.2f}",
            f"{engine * 1e3:.1f}, {service * 1e3:.1f}",
            f"{(service - engine) * 1e3:.1f}",
            f"{(service / engine - 1) * 100:.0f}",
            f"{each.rate[0]:.1f}, {each.rate[1]:.1f}",
            f"{each.rate[1] / each.rate[0]:.2f}",
            f"{each.processor[0] * 1e3:.2f}, {each.processor[1] * 1e3:.2f}",
        )
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
