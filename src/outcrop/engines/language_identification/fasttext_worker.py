"""The process that holds fastText's classifier. Run by `FastTextLanguageIdentifier`."""

from collections.abc import Callable, Generator
from typing import Any

import fasttext  # pyright: ignore[reportMissingTypeStubs] - it has none

from outcrop.engines.language_identification.chinese import is_traditional
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

MOST_GUESSES = 10
LEAST_SCORE = 0.01


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the classifier."""
    report({"loading": config["model"]})
    try:
        model: Any = fasttext.load_model(config["model"])  # pyright: ignore[reportUnknownMemberType] - it has no types
    except (RuntimeError, ValueError) as error:
        raise child.RefusedError("load", str(error)) from error

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer texts with lists of languages and their probabilities."""
        yield Frame([_guesses(model, text) for text in request.value])

    return child.Ready(handle=handle)


def _guesses(model: Any, text: str) -> list[tuple[str, float]]:
    line = " ".join(text.split())  # The classifier reads one line.
    labels, scores = model.predict(line, k=MOST_GUESSES, threshold=0.0)
    found = [
        (_code(label.removeprefix("__label__"), line), min(float(score), 1.0))
        for label, score in zip(labels, scores, strict=True)
    ]
    return [each for each in found if each[1] >= LEAST_SCORE] or found[:1]


def _code(language: str, text: str) -> str:
    return "zh-TW" if language == "zh" and is_traditional(text) else language


if __name__ == "__main__":
    child.serve(start)
