"""Make the numbers of the toxicity classifiers: `python tools/train_toxicity.py`.

Logistic regressions over the embeddings of the sentences of
`benchmarks/accuracy/texts/toxicity-train-*.txt`, one for each kind and one for any, and of pairs of
them: a harmless sentence beside a toxic one changes nothing. It needs scikit-learn and the weights
of the embedder, and writes `engines/linear_classifiers/toxicity.json`.
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
from benchmarks.accuracy.toxicity import Labelled, sentences
from outcrop.engines.embeddings.models import MULTILINGUAL_E5_SMALL
from outcrop.engines.toxicity.interface import KINDS
from outcrop.engines.toxicity.linear import ANY

TARGET = Path(__file__).parent.parent / "src/outcrop/engines/linear_classifiers/toxicity.json"
HARMLESS_PAIRS = 60
"""For each language."""
C = 48.0
"""The inverse of the strength of regularisation."""


def pairs(language: str, chance: random.Random) -> Iterator[Labelled]:
    """Give pairs of sentences with their kinds."""
    known = list(sentences("train", language))
    harmless = [text for text, kinds in known if not kinds]
    for text, kinds in known:
        if kinds:
            both = [text, chance.choice(harmless)]
            chance.shuffle(both)
            yield " ".join(both), kinds
    for _ in range(HARMLESS_PAIRS):
        yield " ".join(chance.sample(harmless, 2)), frozenset()


async def main() -> None:
    """Train on all sentences and write the numbers."""
    chance = random.Random(1)
    labelled: list[Labelled] = []
    for language in ("en", "fr"):
        labelled += [*sentences("train", language), *pairs(language, chance)]
    model = embedder()
    vectors = await model.embed([text for text, _ in labelled], purpose="query")
    await model.close()
    targets = [np.array([kind in kinds for _, kinds in labelled]) for kind in KINDS]
    targets.append(np.array([bool(kinds) for _, kinds in labelled]))
    weights: list[list[float]] = []
    biases: list[float] = []
    for target in targets:
        # Both answers count alike, however many texts they have.
        classifier: Any = LogisticRegression(C=C, class_weight="balanced", max_iter=2000)
        classifier.fit(vectors.astype(np.float64), target)
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
