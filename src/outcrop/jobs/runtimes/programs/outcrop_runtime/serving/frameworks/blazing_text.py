"""The models of BlazingText: vectors of words, or labels of texts.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/blazingtext.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import floret

from outcrop_runtime.blazing_text.models import CLASSES, WORDS
from outcrop_runtime.serving.messages import (
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

LINES = "application/jsonlines"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model of either kind."""

    model: Any
    is_classifier: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A word or a text, and how many labels are wanted."""

    text: str
    count: int


def model_fn(model_dir: str) -> Loaded:
    """Load the model."""
    for name in (CLASSES, WORDS):
        path = Path(model_dir) / name
        if path.exists():
            return Loaded(floret.load_model(str(path)), name == CLASSES)
    raise FileNotFoundError(
        f"There is neither {CLASSES} nor {WORDS} in the model: train it here, by BlazingText."
    )


def input_fn(content: str | bytes, content_type: str) -> Sequence[Question]:
    """Return what a request asks: `{"instances": […], "configuration": {"k": 2}}`."""
    text = content.decode() if isinstance(content, bytes) else content
    kind = bare(content_type)
    if kind not in (JSON, LINES):
        raise UnsupportedFormatError(content_type)
    try:
        if kind == LINES:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            return [_question(row["source"], row.get("k", 1)) for row in rows]
        document: Mapping[str, Any] = json.loads(text)
        count = document.get("configuration", {}).get("k", 1)
        return [_question(one, count) for one in document["instances"]]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRequestError(
            f'The body must be {{"instances": ["…"]}}, or lines of {{"source": "…"}}: {error!r}'
        ) from error


def predict_fn(data: Sequence[Question], model: Loaded) -> Sequence[Mapping[str, Any]]:
    """Return an answer for each text or word; a word that is not known is all zeros."""
    if not model.is_classifier:
        vectors = (model.model.get_word_vector(one.text).tolist() for one in data)
        return [
            {"vector": vector, "word": one.text} for one, vector in zip(data, vectors, strict=True)
        ]
    answers: list[Mapping[str, Any]] = []
    for one in data:
        # A list of one: what floret does for a text alone, NumPy 2 refuses.
        (labels,), (scores,) = model.model.predict([one.text], k=one.count)
        answers.append({"label": list(labels), "prob": [float(score) for score in scores]})
    return answers


def output_fn(prediction: Sequence[Mapping[str, Any]], accept: str) -> tuple[bytes, str]:
    """Return answers as bytes, and their content type."""
    for kind in accepted(accept):
        if kind == JSON:
            return json.dumps(prediction).encode(), JSON
        if kind == LINES:
            return "".join(f"{json.dumps(one)}\n" for one in prediction).encode(), LINES
    raise UnsupportedFormatError(accept)


def _question(text: Any, count: Any) -> Question:
    if not isinstance(text, str) or not isinstance(count, int) or count < 1:
        raise TypeError("texts must be texts, and k a whole number from 1")
    return Question(text.replace("\n", " "), count)
