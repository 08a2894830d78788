"""Make the numbers of the toxicity classifiers: `python tools/train_toxicity.py`.

Logistic regressions over the embeddings of the sentences of
`benchmarks/accuracy/texts/toxicity-train-*.txt` and `everyday-train-*.txt`, one for each kind and
one for any, and of pairs of them: a harmless sentence beside a toxic one changes nothing. It needs
scikit-learn and the weights of the embedder, and writes `engines/linear_classifiers/toxicity.json`.
"""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.accuracy.sentiment import embedder
from benchmarks.accuracy.toxicity import Labelled, everyday, sentences
from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL
from outcrop.engines.toxicity.interface import KINDS, ToxicKind
from outcrop.engines.toxicity.linear import ANY

TARGET = Path(__file__).parent.parent / "src/outcrop/engines/linear_classifiers/toxicity.json"
HARMLESS_PAIRS = 60
"""For each language, of sentences that are nearly toxic, and as many with those of every day."""
C = 48.0
"""The inverse of the strength of regularisation."""
EVERYDAY_WEIGHT = 0.25
"""How much a sentence of every day counts: there are many, and the nearly toxic ones teach more."""

Weighted = tuple[str, frozenset[ToxicKind], float]
HARMLESS: frozenset[ToxicKind] = frozenset()


def pairs(known: list[Labelled], usual: list[str], chance: random.Random) -> Iterator[Weighted]:
    """Give pairs of sentences with their kinds and weights."""
    near = [text for text, kinds in known if not kinds]
    harmless = near + usual
    for text, kinds in known:
        if kinds:
            both = [text, chance.choice(harmless)]
            chance.shuffle(both)
            yield " ".join(both), kinds, 1.0
    for _ in range(HARMLESS_PAIRS):
        yield " ".join(chance.sample(near, 2)), HARMLESS, 1.0
        yield " ".join(chance.sample(harmless, 2)), HARMLESS, EVERYDAY_WEIGHT


def lessons(language: str, chance: random.Random) -> Iterator[Weighted]:
    """Give sentences and pairs of them, with their kinds and weights."""
    known, usual = list(sentences("train", language)), everyday("train", language)
    yield from ((text, kinds, 1.0) for text, kinds in known)
    yield from ((text, HARMLESS, EVERYDAY_WEIGHT) for text in usual)
    yield from pairs(known, usual, chance)


async def main() -> None:
    """Train on all sentences and write the numbers."""
    chance = random.Random(1)
    taught = [one for language in ("en", "fr") for one in lessons(language, chance)]
    model = embedder()
    vectors = await model.embed([text for text, _, _ in taught], purpose="query")
    await model.close()
    targets = [np.array([kind in kinds for _, kinds, _ in taught]) for kind in KINDS]
    targets.append(np.array([bool(kinds) for _, kinds, _ in taught]))
    counts = np.array([count for _, _, count in taught])
    weights: list[list[float]] = []
    biases: list[float] = []
    for target in targets:
        # Both answers count alike, however many texts they have.
        classifier: Any = LogisticRegression(C=C, class_weight="balanced", max_iter=2000)
        classifier.fit(vectors.astype(np.float64), target, sample_weight=counts)
        weights.append([round(float(one), 4) for one in classifier.coef_[0]])
        biases.append(round(float(classifier.intercept_[0]), 4))
    made = {
        "model": MULTILINGUAL_E5_SMALL.name,
        "classes": (*KINDS, ANY),
        "exclusive": False,
        "weights": weights,
        "biases": biases,
    }
    TARGET.write_text(json.dumps(made) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
