"""ConverseStream against the llama.cpp binding by itself: tokens per second and the first token.

Both run the same weights with as many slots, threads and tokens of context, and write as many
tokens of the same stories without any sampling. The binding is called in this process, its pieces
delivered to a Python callback; Outcrop runs in its own and is asked over plain HTTP, without an
SDK. They take turns, so that both meet the same other load, and each round has a story of its own,
so that neither finds it in its cache.

Goals: at least 95 % of the binding's tokens per second, and the first token after at most 1.1 times
as long, with 1 client and with 8.
"""

import argparse
import http.client
import json
import os
import statistics
import struct
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xllamacpp
from rich.console import Console
from rich.table import Table

from benchmarks.calls import signed
from benchmarks.peers import outcrop
from outcrop.settings import load as load_settings
from outcrop.weights import WeightStore

_llama: Any = xllamacpp  # It has no types.
MODEL = "qwen2.5-coder-0.5b-instruct-q4_k_m"
SLOTS = 8
CONTEXT_TOKENS = 16_384
CLIENTS = (1, 8)
LENGTHS = struct.Struct("!II")
"""At the front of a message of an event stream: of all of it, and of its headers."""
AROUND = 16
"""Bytes of a message that are neither headers nor payload."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one client saw."""

    first_token_seconds: float
    tokens: int


Ask = Callable[[str, int], Answer]
"""Asks for a story of so many tokens and waits for its end."""


class Binding:
    """The llama.cpp binding by itself."""

    def __init__(self, weights: Path, *, threads: int, folder: str) -> None:
        parameters = _llama.CommonParams()
        parameters.model.path = str(weights)
        parameters.hostnames = [f"{folder}/binding.sock"]
        parameters.n_parallel = SLOTS
        parameters.n_ctx = CONTEXT_TOKENS
        parameters.kv_unified = True
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
        parameters.fit_params = False
        parameters.verbosity = 1
        self._server = _llama.Server(parameters)

    def ask(self, question: str, tokens: int) -> Answer:
        """See `Ask`."""
        began = time.perf_counter()
        first: list[float] = []
        written: list[int] = []

        def take(piece: str) -> bool:
            told = json.loads(piece)
            if not first and any(choice["delta"].get("content") for choice in told["choices"]):
                first.append(time.perf_counter() - began)
            if "usage" in told:
                written.append(told["usage"]["completion_tokens"])
            return False

        body = {
            "messages": [{"role": "user", "content": question}],
            "max_tokens": tokens,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        self._server.handle_chat_completions(json.dumps(body), take)
        return Answer(first[0], written[-1])


class Server:
    """Outcrop, over HTTP."""

    def __init__(self, url: str) -> None:
        self._address = urllib.parse.urlsplit(url)

    def ask(self, question: str, tokens: int) -> Answer:
        """See `Ask`."""
        began = time.perf_counter()
        body = {
            "messages": [{"role": "user", "content": [{"text": question}]}],
            "inferenceConfig": {"maxTokens": tokens, "temperature": 0},
        }
        connection = http.client.HTTPConnection(self._address.hostname or "", self._address.port)
        connection.request(
            "POST",
            "/model/mistral.mixtral-8x7b-instruct-v0:1/converse-stream",
            json.dumps(body),
            {**signed("bedrock"), "Content-Type": "application/json"},
        )
        first = written = 0.0
        for event in events(connection.getresponse()):
            if not first and "delta" in event:
                first = time.perf_counter() - began
            if "usage" in event:
                written = event["usage"]["outputTokens"]
        connection.close()
        return Answer(first, int(written))


def events(response: http.client.HTTPResponse) -> Iterator[Mapping[str, Any]]:
    """Give the payloads of an event stream as they come."""
    if response.status != 200:
        raise SystemExit(f"ConverseStream answered {response.status}: {response.read()!r}")
    while lengths := response.read(LENGTHS.size):
        total, headers = LENGTHS.unpack(lengths)
        rest = response.read(total - LENGTHS.size)
        yield json.loads(rest[4 + headers : total - AROUND + 4])


@dataclass(frozen=True, slots=True)
class Round:
    """What all clients saw together."""

    tokens_per_second: float
    first_token_seconds: float
    """The mean."""


def measure(ask: Ask, *, clients: int, tokens: int, story: int) -> Round:
    """Let clients ask at once, each for a story of its own."""
    questions = [
        f"Write a long story about river number {story * 100 + n}." for n in range(clients)
    ]
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        answers = list(pool.map(ask, questions, [tokens] * clients))
    taken = time.perf_counter() - began
    return Round(
        sum(answer.tokens for answer in answers) / taken,
        statistics.mean(answer.first_token_seconds for answer in answers),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=128, help="of each story")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    weights = WeightStore(load_settings().weights).path(MODEL)
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
        outcrop({"OUTCROP_CONFIG": str(configuration(Path(folder), arguments.threads))}) as server,
    ):
        asked: dict[str, Ask] = {
            "binding": Binding(weights, threads=arguments.threads, folder=folder).ask,
            "ConverseStream": Server(server.url).ask,
        }
        table = Table(
            *("clients", "", "tokens/s, median", "ratio, median", "first token, s", "ratio, median")
        )
        for clients in CLIENTS:
            seen: dict[str, list[Round]] = {name: [] for name in asked}
            for story in range(arguments.rounds + 1):
                for name, ask in asked.items():
                    seen[name].append(
                        measure(ask, clients=clients, tokens=arguments.tokens, story=story)
                    )
            add_rows(table, clients, {name: each[1:] for name, each in seen.items()})
        Console().print(table)
    sys.stdout.flush()  # The binding's threads cannot be asked to end.
    os._exit(0)


def configuration(folder: Path, threads: int) -> Path:
    """Write how Outcrop runs the model: as the binding does."""
    file = folder / "outcrop.toml"
    file.write_text(
        f'[chat]\nmodel = "{MODEL}"\n'
        f'[chat.weights."{MODEL}"]\nslots = {SLOTS}\ncache_tokens = {CONTEXT_TOKENS}\n'
        f"threads = {threads}\n"
    )
    return file


def add_rows(table: Table, clients: int, seen: Mapping[str, Sequence[Round]]) -> None:
    """Tell the rounds after the first, which warms both up."""
    binding = seen["binding"]
    for name, each in seen.items():
        speeds = [one.tokens_per_second for one in each]
        waits = [one.first_token_seconds for one in each]
        speed_ratios = [a / b.tokens_per_second for a, b in zip(speeds, binding, strict=True)]
        wait_ratios = [a / b.first_token_seconds for a, b in zip(waits, binding, strict=True)]
        table.add_row(
            str(clients),
            name,
            f"{statistics.median(speeds):.1f}",
            f"{statistics.median(speed_ratios):.2f}",
            f"{statistics.median(waits):.2f}",
            f"{statistics.median(wait_ratios):.2f}",
        )


if __name__ == "__main__":
    main()
