"""Logistic regression over standardised vectors.

Source: https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import (  # pyright: ignore[reportMissingTypeStubs] - has none
    LogisticRegression,
)
from sklearn.model_selection import (  # pyright: ignore[reportMissingTypeStubs] - has none
    GridSearchCV,
    StratifiedKFold,
)

from outcrop.engines.workers.child import RefusedError

Numbers: TypeAlias = npt.NDArray[np.float64]
STRENGTHS = (0.0001, 0.001, 0.01, 0.1, 1.0)
"""Of what a weight costs less, the larger (scikit-learn's C)."""
USUAL_STRENGTH = 0.01
"""Where there are too few examples to choose one."""
FOLDS = 3
MOST_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class LogisticClassifier:
    """Weights and biases of classes."""

    classes: Sequence[str]
    exclusive: bool
    weights: Numbers
    """(classes, dimensions)."""
    biases: Numbers

    def classify(self, vectors: Numbers) -> list[dict[str, float]]:
        """Return the probabilities of all classes for each row of (rows, dimensions)."""
        logits = vectors @ self.weights.T + self.biases
        if self.exclusive:
            odds = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares = odds / odds.sum(axis=1, keepdims=True)
        else:
            shares = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
        return [dict(zip(self.classes, row, strict=True)) for row in shares.tolist()]

    def to_bytes(self) -> bytes:
        """Return what `from_bytes` reads."""
        file = BytesIO()
        about = json.dumps({"classes": list(self.classes), "exclusive": self.exclusive})
        np.savez(
            file,
            about=np.frombuffer(about.encode(), np.uint8),
            weights=self.weights.astype("<f4"),
            biases=self.biases.astype("<f4"),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> "LogisticClassifier":
        """Read a classifier; nothing in it is run."""
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            about = json.loads(arrays["about"].tobytes())
            return cls(
                classes=about["classes"],
                exclusive=about["exclusive"],
                weights=arrays["weights"].astype(np.float64),
                biases=arrays["biases"].astype(np.float64),
            )


def train(
    vectors: Numbers, labels: Sequence[Sequence[str]], *, exclusive: bool
) -> LogisticClassifier:
    """Return a classifier of examples; see `LinearClassifiers.train`.

    Raises:
        RefusedError: There are too few classes.
    """
    classes = sorted({name for each in labels for name in each})
    if len(classes) < (2 if exclusive else 1):
        raise RefusedError("few classes", f"The examples have {len(classes)} classes.")
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = (vectors - mean) / spread
    if exclusive:
        index = {name: at for at, name in enumerate(classes)}
        weights, biases = _fit(scaled, np.array([index[name] for (name,) in labels]))
        if len(classes) == 2:  # scikit-learn only has the second's, against the first.
            weights, biases = np.vstack([-weights, weights]) / 2, np.append(-biases, biases) / 2
    else:
        of_each = [np.array([name in each for each in labels], int) for name in classes]
        fits = [_fit(scaled, truth) for truth in of_each]
        weights = np.vstack([fit[0] for fit in fits])
        biases = np.concatenate([fit[1] for fit in fits])
    weights = weights / spread
    return LogisticClassifier(classes, exclusive, weights, biases - weights @ mean)


def _fit(vectors: Numbers, truth: npt.NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Return weights (classes, dimensions) and biases; those of the second class where it is two.

    Of a class that all examples have: those of a classifier that has seen one more without it.
    """
    counts = np.bincount(truth)
    if len(counts[counts > 0]) == 1:
        return np.zeros((1, vectors.shape[1])), np.array([np.log(len(truth) + 1.0)])
    regression: Any = LogisticRegression(
        C=USUAL_STRENGTH, class_weight="balanced", max_iter=MOST_ROUNDS
    )
    if counts.min() >= FOLDS:
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
        search: Any = GridSearchCV(
            regression, {"C": STRENGTHS}, scoring="neg_log_loss", cv=folds, refit=False
        )
        regression.set_params(**search.fit(vectors, truth).best_params_)
    regression.fit(vectors, truth)
    return regression.coef_, regression.intercept_
