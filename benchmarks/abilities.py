"""What the AI services add to their engines: a request over the wire against the engine by itself.

Goals: at most 10 ms or 10 % more a call; with 8 clients at least 90 % of what the engine does for 8
callers; the first call after a start within the engine's load time and half a second.

The engine is the same front and the same worker process that the server has, made a second time in
this process. Both are asked turn about, with the same input: Polly, which keeps what it said last,
is not among them.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp
from rich.console import Console
from rich.table import Table

from benchmarks.calls import signed
from outcrop.engines.image_labels.efficientnet import EfficientNetImageLabeler
from outcrop.engines.language_identification.fasttext import FastTextLanguageIdentifier
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.local import LocalServer
from outcrop.settings import load
from outcrop.weights import WeightStore
from tests.pages import png
from tests.photographs import photograph
from tests.services.textract.papers import invoice

CLIENTS = 8
ROUNDS = 2
SENTENCE = "Claire Martin works for Airbus in Toulouse since the third of March 2019."
Ask: TypeAlias = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Ability:
    """An operation, and its engine asked for the same."""

    operation: str
    path: str
    headers: dict[str, str]
    body: bytes
    weights: Sequence[str]
    make: Callable[[WeightStore], tuple[Any, Ask]]
    """Makes the engine, and what asks it."""
    calls: int


def json_operation(service: str, target: str, version: str, body: Any) -> dict[str, Any]:
    """Return the request of an operation in AWS JSON."""
    return {
        "operation": target.rpartition(".")[2],
        "path": "/",
        "headers": {
            **signed(service),
            "Content-Type": f"application/x-amz-json-{version}",
            "X-Amz-Target": target,
        },
        "body": json.dumps(body).encode(),
    }


def _labels(store: WeightStore) -> tuple[Any, Ask]:
    engine = EfficientNetImageLabeler(store)
    image = photograph("coffee.png")
    return engine, lambda: engine.label(image, least_score=0.55)


def _reading(store: WeightStore) -> tuple[Any, Ask]:
    engine = PaddleReader(store)
    page = png(invoice().image)
    return engine, lambda: engine.read(page)


def _languages(store: WeightStore) -> tuple[Any, Ask]:
    engine = FastTextLanguageIdentifier(store)
    return engine, lambda: engine.identify([SENTENCE])


def _entities(store: WeightStore) -> tuple[Any, Ask]:
    engine = SpacyTextAnalyzer(store)
    return engine, lambda: engine.analyze([SENTENCE], language="en", want={"mentions"})


def text_operation(operation: str, **members: Any) -> dict[str, Any]:
    """Return the request of an operation of Comprehend on the sentence."""
    body = {"Text": SENTENCE, **members}
    return json_operation("comprehend", f"Comprehend_20171127.{operation}", "1.1", body)


def abilities() -> list[Ability]:
    """Return what is measured."""
    photo = base64.b64encode(photograph("coffee.png")).decode()
    paper = base64.b64encode(png(invoice().image)).decode()
    return [
        Ability(
            **json_operation(
                "rekognition", "RekognitionService.DetectLabels", "1.1", {"Image": {"Bytes": photo}}
            ),
            weights=("efficientnet-lite0",),
            make=_labels,
            calls=20,
        ),
        Ability(
            **json_operation(
                "textract", "Textract.DetectDocumentText", "1.1", {"Document": {"Bytes": paper}}
            ),
            weights=("pp-ocrv6-small",),
            make=_reading,
            calls=5,
        ),
        Ability(
            **text_operation("DetectDominantLanguage"),
            weights=("lid.176",),
            make=_languages,
            calls=200,
        ),
        Ability(
            **text_operation("DetectEntities", LanguageCode="en"),
            weights=("en-core-web-sm",),
            make=_entities,
            calls=100,
        ),
    ]


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
    store = WeightStore(load().weights)
    measured: list[Measured] = []
    for ability in abilities():
        if arguments.only and ability.operation not in arguments.only:
            continue
        for name in ability.weights:
            store.pull(name)
        with (
            tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
            LocalServer(Path(folder)).running() as server,
        ):
            measured.append(asyncio.run(_measure(ability, store, server.url)))
    show(measured)


async def _measure(ability: Ability, store: WeightStore, url: str) -> Measured:
    engine, direct = ability.make(store)
    limit = aiohttp.TCPConnector(limit=CLIENTS)
    async with contextlib.AsyncExitStack() as closing:
        closing.push_async_callback(engine.close)
        session = await closing.enter_async_context(aiohttp.ClientSession(connector=limit))

        async def through() -> None:
            async with session.post(
                url + ability.path, data=ability.body, headers=ability.headers
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
