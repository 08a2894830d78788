"""How often the sentiment towards a thing that a text names is told right.

    python -m benchmarks.accuracy.targeted_sentiment

`texts/targets-test-*.txt`: sentences of reviews and of plain reports, hand-written; every thing
that they name stands in brackets with what is said of it (`+`, `-`, `0` nothing, `~` both). The
rules were written in sight of `texts/targets-dev-*.txt`, by the same hand: expect less elsewhere.
"""

import asyncio
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.accuracy.sentiment import TEXTS, embedder
from outcrop.engines.linear_classifiers.shipped import shipped_classifier
from outcrop.engines.sentiment.evidence import judge_by_evidence
from outcrop.engines.sentiment.linear import LinearSentimentJudge
from outcrop.engines.text_analysis.interface import TextAnalysis
from outcrop.engines.text_analysis.spacy import SpacyTextAnalyzer
from outcrop.settings import load
from outcrop.weights import WeightStore

SIGNS = {"+": "positive", "-": "negative", "0": "neutral", "~": "mixed"}
MARKED = re.compile(r"\[([^|\]#]+)(?:#\d)?\|([-+0~])\]")
UNMARKED = ("date", "quantity")
"""Kinds that the texts have without brackets, too."""

Place = tuple[int, int]


def marked(line: str) -> tuple[str, dict[Place, str]]:
    """Return a text without its brackets, and the sentiment at each place in it."""
    text, at, places = "", 0, dict[Place, str]()
    for match in MARKED.finditer(line):
        text += line[at : match.start()]
        places[len(text), len(text) + len(match[1])] = SIGNS[match[2]]
        text += match[1]
        at = match.end()
    return text + line[at:], places


def evidence(text: str, analysis: TextAnalysis) -> Iterator[tuple[Place, str, list[str]]]:
    """Give the things found: place, the sentence around, and the evidence by rule."""
    for target in analysis.targets:
        sentence = next(
            text[begin:end] for begin, end in analysis.sentences if begin <= target.begin < end
        )
        yield (target.begin, target.end), sentence, list(target.evidence)


async def main(part: str) -> None:
    """Print how many things were found, and how many sentiments were right."""
    model = embedder()
    analyzer = SpacyTextAnalyzer(WeightStore(load().weights))

    async def classify(texts: Sequence[str]) -> list[dict[str, float]]:
        rows = [(await model.embed([text], purpose="query"))[0].tolist() for text in texts]
        return [shipped_classifier("sentiment").classify(row) for row in rows]

    judge = LinearSentimentJudge(classify)
    for language in ("en", "fr"):
        path = Path(TEXTS) / f"targets-{part}-{language}.txt"
        texts = [marked(line) for line in path.read_text(encoding="utf-8").splitlines()]
        analyses = await analyzer.analyze(
            [text for text, _ in texts], language=language, want={"targets", "sentences"}
        )
        right = {"sentence": 0, "clause": 0, "by rule": 0}
        true = there = found = 0
        for (text, places), analysis in zip(texts, analyses, strict=True):
            kinds = {(one.begin, one.end): one.kind for one in analysis.targets}
            found += sum(place in places or kind not in UNMARKED for place, kind in kinds.items())
            there += len(places)
            for place, sentence, near in evidence(text, analysis):
                if place not in places:
                    continue
                true += 1
                judged = await judge_by_evidence(judge, [[sentence], near[-1:], near])
                for way, judgement in zip(right, judged, strict=True):
                    right[way] += judgement.sentiment == places[place]
        shares = ", ".join(f"{way} {count / true:.1%}" for way, count in right.items())
        print(f"{language}: {there} things, {found} found, {true} of them there; {shares}")
    await analyzer.close()
    await model.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "test"))
