"""How well texts are translated here: chrF and BLEU by pair, on a small set of Outcrop's own.

    python -m benchmarks.accuracy.translation [--engine NAME] [--weights NAME …] [--pairs en-fr …]

Scores of so few sentences tell models of very different skill apart, and no more.
"""

import argparse
import asyncio
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sacrebleu

from outcrop.assembly.chat import LazyChat
from outcrop.assembly.translation import LazyTranslator
from outcrop.engines.chat.settings import ChatSettings
from outcrop.engines.translation import figures
from outcrop.engines.translation.interface import Pair, Passage, Wishes
from outcrop.engines.translation.settings import BackendName, TranslationSettings
from outcrop.settings import load
from outcrop.weights import WeightStore

SENTENCES = Path(__file__).parent / "texts" / "translation.toml"
DEFAULT_WEIGHTS = ["qwen2.5-coder-1.5b-instruct-q4_k_m", "qwen2.5-coder-0.5b-instruct-q4_k_m"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    weights: str
    pair: Pair
    chrf: float
    bleu: float
    numbers_kept: float
    seconds: float
    """For a sentence."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", nargs="+", default=DEFAULT_WEIGHTS)
    parser.add_argument("--pairs", nargs="+")
    parser.add_argument("--engine", choices=("chat", "ctranslate2", "apertium"), default="chat")
    parser.add_argument("--show", action="store_true", help="print the translations, too")
    arguments = parser.parse_args()
    table = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["sentence"]
    languages = sorted(table[0].keys() - {"en"})
    default = [f"{one}-{other}" for it in languages for one, other in (("en", it), (it, "en"))]
    pairs = [Pair(*pair.split("-")) for pair in arguments.pairs or default]
    print("| Weights | Pair | chrF | BLEU | Numbers kept | Seconds a sentence |")
    print("|---|---|---:|---:|---:|---:|")
    names = arguments.weights if arguments.engine == "chat" else [arguments.engine]
    for name in names:
        asyncio.run(_print_scores(name, pairs, table, show=arguments.show))


async def _print_scores(
    name: str, pairs: list[Pair], table: list[dict[str, str]], *, show: bool
) -> None:
    weights = WeightStore(load(environment={}).weights)
    engine: BackendName = "chat"
    if name in ("ctranslate2", "apertium"):
        engine = name
    chat = LazyChat(ChatSettings(model=name), weights)
    translator = LazyTranslator(TranslationSettings(order=(engine,)), weights, chat)
    try:
        for pair in pairs:
            score = await _score(translator, name, pair, table, show=show)
            print(
                f"| {score.weights} | {score.pair.source}-{score.pair.target} | {score.chrf:.1f} |"
                f" {score.bleu:.1f} | {score.numbers_kept:.0%} | {score.seconds:.2f} |",
                flush=True,
            )
    finally:
        await translator.close()
        await chat.close()


async def _score(
    translator: LazyTranslator, name: str, pair: Pair, table: list[dict[str, str]], *, show: bool
) -> Score:
    sources = [row[pair.source] for row in table]
    expected = [row[pair.target] for row in table]
    began = time.monotonic()
    done = await translator.translate([Passage([text]) for text in sources], pair, Wishes())
    seconds = (time.monotonic() - began) / len(sources)
    written = [one.runs[0] for one in done]
    if show:
        for lines in zip(sources, written, strict=True):
            print(*lines, sep="\n  ")
    return Score(
        weights=name,
        pair=pair,
        chrf=sacrebleu.corpus_chrf(written, [expected]).score,
        bleu=sacrebleu.corpus_bleu(written, [expected]).score,
        numbers_kept=sum(_kept(sources, written)) / len(sources),
        seconds=seconds,
    )


def _kept(sources: list[str], written: list[str]) -> Iterator[bool]:
    for source, text in zip(sources, written, strict=True):
        yield not figures.lost(source, text)


if __name__ == "__main__":
    main()
