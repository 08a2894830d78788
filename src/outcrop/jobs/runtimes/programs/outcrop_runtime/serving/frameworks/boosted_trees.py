"""The models of the LightGBM and CatBoost algorithms: CSV in, JSON out, as AWS's answer.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/InputOutput-LightGBM.html,
https://docs.aws.amazon.com/sagemaker/latest/dg/InputOutput-CatBoost.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcrop_runtime.boosted_trees.job import trees_of
from outcrop_runtime.boosted_trees.models import FACTS, Trees
from outcrop_runtime.serving.codecs import encode
from outcrop_runtime.serving.messages import (
    CSV,
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)
from outcrop_runtime.xgboost_algorithm.lines import LineError, csv_rows


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model, and what its answers mean."""

    trees: Trees
    classes: Sequence[float]
    width: int


@dataclass(frozen=True, slots=True)
class Scores:
    """What the algorithm's models say."""

    values: Any
    classes: Sequence[float]


def model_fn(model_dir: str) -> Loaded:
    """Load a model of the algorithm's; the user's own needs a `model_fn` of the user's."""
    path = Path(model_dir) / FACTS
    if not path.exists():
        raise FileNotFoundError(
            f"There is no {FACTS} in the model: please provide a model_fn implementation."
        )
    facts = json.loads(path.read_text(encoding="utf-8"))
    kind, file = trees_of(facts["library"]), Path(model_dir) / f"model.{facts['library']}"
    more = {"categories": facts["categories"]} if facts["library"] == "catboost" else {}
    trees = kind.load(file, classes=len(facts["classes"]), **more)
    return Loaded(trees, facts["classes"], facts["width"])


def input_fn(content: str | bytes, content_type: str) -> Any:
    """Return a request's rows, without the target."""
    if bare(content_type) != CSV:
        raise UnsupportedFormatError(content_type)
    try:
        return csv_rows(content.encode() if isinstance(content, str) else content, "the request")
    except LineError as error:
        raise BadRequestError(str(error)) from error


def predict_fn(data: Any, model: Any) -> Any:
    """Return what the model says: the algorithm's, or one that the user's `model_fn` loads."""
    if not isinstance(model, Loaded):
        return model.predict(data)
    if data.shape[1] != model.width:
        raise BadRequestError(
            f"The rows have {data.shape[1]} columns, the model has {model.width}."
        )
    return Scores(model.trees.predict(data), model.classes)


def output_fn(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Return predictions as bytes, and their content type."""
    if not isinstance(prediction, Scores):
        return encode(prediction, accept)
    if JSON not in accepted(accept):
        return encode(prediction.values, accept)
    told: dict[str, Any] = {"prediction": prediction.values.tolist()}
    if prediction.classes:
        told = {"probabilities": prediction.values.tolist()}
        if "verbose" in accept:
            best = prediction.values.argmax(axis=1)
            told["labels"] = list(prediction.classes)
            told["predicted_label"] = [prediction.classes[number] for number in best]
    return json.dumps(told).encode(), JSON
