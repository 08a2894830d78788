"""Linear classifiers of embeddings that come with Outcrop, by plain Python.

A text takes some thousand multiplications here: less than a worker's answer would, and no library.
The numbers of each, in a file beside this one, are made for one embedding model by
`tools/train_sentiment.py` and `tools/train_toxicity.py`.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedClassifier:
    """Weights and biases of classes."""

    model: str
    """Whose embeddings it reads."""
    classes: Sequence[str]
    exclusive: bool
    """Whether a text has exactly one class."""
    weights: Sequence[Sequence[float]]
    """(classes, dimensions)."""
    biases: Sequence[float]

    def classify(self, vector: Sequence[float]) -> dict[str, float]:
        """Return the probabilities of all classes for a text, by its embedding."""
        logits = [
            bias + sum(map(float.__mul__, row, vector))
            for row, bias in zip(self.weights, self.biases, strict=True)
        ]
        if self.exclusive:
            highest = max(logits)
            odds = [math.exp(logit - highest) for logit in logits]
            shares = [each / sum(odds) for each in odds]
        else:
            shares = [1 / (1 + math.exp(-logit)) for logit in logits]
        return dict(zip(self.classes, shares, strict=True))


@cache
def shipped_classifier(name: str) -> ShippedClassifier:
    """Return the classifier of a name: `sentiment`, `toxicity`."""
    resource = files("outcrop.engines.linear_classifiers").joinpath(f"{name}.json")
    return ShippedClassifier(**json.loads(resource.read_text(encoding="utf-8")))
