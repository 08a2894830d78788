"""Conditional random fields over words.

Source: https://www.chokkan.org/software/crfsuite/manual.html
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycrfsuite  # pyright: ignore[reportMissingTypeStubs]: it ships none

from outcrop.engines.entity_recognizers.features import features_of, labels_of, runs_of, tokens_of
from outcrop.engines.entity_recognizers.interface import Annotated, Recognized, Span
from outcrop.engines.workers.child import RefusedError

_pycrfsuite: Any = pycrfsuite
PARAMETERS = {
    "c1": 0.05,
    "c2": 0.01,
    "max_iterations": 150,
    "feature.possible_transitions": True,
}
"""L1 and L2 regularisation; see `benchmarks/accuracy/custom_entities.py`."""


def train(texts: Sequence[Annotated]) -> bytes:
    """Return a model; see `EntityRecognizers.train`.

    Raises:
        RefusedError: There is no entity.
    """
    if not any(each.spans for each in texts):
        raise RefusedError("no entities", "The texts have no entities.")
    trainer: Any = _pycrfsuite.Trainer(algorithm="lbfgs", params=PARAMETERS, verbose=False)
    for each in texts:
        tokens = tokens_of(each.text)
        if tokens:
            trainer.append(features_of(each.text, tokens), labels_of(tokens, each.spans))
    with tempfile.TemporaryDirectory(prefix="outcrop-crf-") as folder:
        path = Path(folder) / "model"
        trainer.train(str(path))
        return path.read_bytes()


class Recognizer:
    """A trained model."""

    def __init__(self, model: bytes) -> None:
        self._tagger: Any = _pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    def recognize(self, text: str) -> list[Recognized]:
        """Return the entities of a text in order."""
        tokens = tokens_of(text)
        if not tokens:
            return []
        self._tagger.set(features_of(text, tokens))
        labels: list[str] = self._tagger.tag()
        found: list[Recognized] = []
        for first, last, kind in runs_of(labels):
            score = min(
                float(self._tagger.marginal(labels[at], at)) for at in range(first, last + 1)
            )
            found.append(Recognized(Span(tokens[first][0], tokens[last][1], kind), score))
        return found
