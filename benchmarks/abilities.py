"""What the AI services add to their engines: a request over the wire against the engine by itself.

Goals: at most 10 ms or 10 % more a call; with 8 clients at least 90 % of what the engine does for 8
callers; the first call after a start within the engine's load time and half a second.

The engine is the same front and the same worker process that the server has, made a second time in
this process. Both are asked turn about, with the same input; of speech, with sentences of one
length. Translation is by a model of a few words, so that what lies around it shows.
"""

import argparse
import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.ability_engines import Ability, Ask, abilities, make_translation_model
from outcrop.local import LocalServer
from outcrop.settings import Settings, load
from outcrop.weights import WeightStore

CLIENTS = 8
ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One ability, both ways."""

    operation: str
    first: tuple[float, float]
    """Seconds of the first call: the engine's, the service's."""
    call: tuple[float, float]
    """Seconds of a call by itself, medians."""
    rate: tuple[float, float]
    """Calls per second for 8 callers."""


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
            return asyncio.run(_measure(ability, settings, store, server.url))


async def _measure(ability: Ability, settings: Settings, store: WeightStore, url: str) -> Measured:
    engine, direct = ability.make(settings, store)
    limit = aiohttp.TCPConnector(limit=CLIENTS)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(engine.close)
        session = await closing.enter_async_context(aiohttp.ClientSession(connector=limit))

        async def through() -> None:
            async with session.post(
                url + ability.path, data=ability.body(), headers=ability.headers
            ) as answer:
                content = await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"{ability.operation}: {content.decode()}")

        first = await _timed(direct), await _timed(through)
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(ability.calls):
            for ask, taken in zip((direct, through), times, strict=True):
                taken.append(await _timed(ask))
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for ask, found in zip((direct, through), rates, strict=True):
                found.append(await _rate(ask, ability.calls))
    return Measured(
        ability.operation,
        first,
        (statistics.median(times[0]), statistics.median(times[1])),
        (statistics.median(rates[0]), statistics.median(rates[1])),
    )


async def _timed(ask: Ask) -> float:
    began = time.perf_counter()
    await ask()
    return time.perf_counter() - began


async def _rate(ask: Ask, calls: int) -> float:
    """Return the calls per second of 8 callers at once."""

    each = max(1, calls // 4)

    async def caller() -> None:
        for _ in range(each):
            await ask()

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CLIENTS)))
    return CLIENTS * each / (time.perf_counter() - began)


def show(measured: Sequence[Measured]) -> None:
    """Print what was measured."""
    table = Table(title="engine, service: what lies between them")
    columns = ("first call, s", "a call, ms", "more, ms", "more, %", "8 clients, /s", "ratio")
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
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
