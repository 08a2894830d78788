"""The models of DeepAR: samples of what follows series, their mean and their quantiles.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/deepar-in-formats.html
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from outcrop_runtime.built_in.models import load
from outcrop_runtime.deep_ar.network import Forecaster, Shape, from_model
from outcrop_runtime.deep_ar.series import Series, series_of
from outcrop_runtime.serving.messages import (
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

LINES = "application/jsonlines"
OF_ALL = "DEEPAR_INFERENCE_CONFIG"
"""The variable that configures transform jobs, whose lines cannot."""
USUAL: Mapping[str, Any] = {
    "num_samples": 100,
    "output_types": ["mean", "quantiles"],
    "quantiles": ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"],
}
MEAN, QUANTILES, SAMPLES = "mean", "quantiles", "samples"
MOST_SAMPLES = 10_000
"""Our own bound: the memory of an instance is not endless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Series, and what is to be told of what follows."""

    series: Sequence[Series]
    samples: int
    told: Sequence[str]
    quantiles: Mapping[str, float]
    """By the names that the answer has for them."""


def model_fn(model_dir: str) -> Forecaster:
    """Load the model."""
    return from_model(load(Path(model_dir)))


def input_fn(content: str | bytes, content_type: str) -> Question:
    """Return what a request asks."""
    text = content.decode() if isinstance(content, bytes) else content
    kind = bare(content_type)
    if kind not in (JSON, LINES):
        raise UnsupportedFormatError(content_type)
    try:
        if kind == LINES:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
            configuration = json.loads(os.environ.get(OF_ALL, "{}"))
        else:
            document: Mapping[str, Any] = json.loads(text)
            rows, configuration = document["instances"], document.get("configuration", {})
        return _question([series_of(row) for row in rows], {**USUAL, **configuration})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error!r}") from error


def predict_fn(data: Question, model: Forecaster) -> Sequence[Mapping[str, Any]]:
    """Return an answer for each series."""
    for one in data.series:
        _check(one, model.shape)
    try:
        found = model.forecast(data.series, data.samples)
    except ValueError as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error}") from error
    return [_answer(samples, data) for samples in found]


def output_fn(prediction: Sequence[Mapping[str, Any]], accept: str) -> tuple[bytes, str]:
    """Return answers as bytes, and their content type."""
    for kind in accepted(accept):
        if kind == JSON:
            return json.dumps({"predictions": list(prediction)}).encode(), JSON
        if kind == LINES:
            return "".join(f"{json.dumps(one)}\n" for one in prediction).encode(), LINES
    raise UnsupportedFormatError(accept)


def _question(series: Sequence[Series], wanted: Mapping[str, Any]) -> Question:
    samples, told = wanted["num_samples"], wanted["output_types"]
    if not isinstance(samples, int) or not 1 <= samples <= MOST_SAMPLES:
        raise ValueError(f"num_samples is a whole number from 1 to {MOST_SAMPLES}")
    if not set(told) <= {MEAN, QUANTILES, SAMPLES}:
        raise ValueError(f"output_types are {MEAN}, {QUANTILES} and {SAMPLES}")
    quantiles = {str(one): float(one) for one in wanted["quantiles"]}
    if any(not 0 < one < 1 for one in quantiles.values()):
        raise ValueError("quantiles lie between 0 and 1")
    return Question(series=series, samples=samples, told=told, quantiles=quantiles)


def _check(one: Series, shape: Shape) -> None:
    if len(one.categories) != len(shape.cardinality) or any(
        value >= most for value, most in zip(one.categories, shape.cardinality, strict=False)
    ):
        raise BadRequestError(
            f"'cat' is {list(one.categories)}; the model's cardinality is"
            f" {list(shape.cardinality)}."
        )
    if one.feature_count != shape.features:
        raise BadRequestError(
            f"There are {one.feature_count} 'dynamic_feat'; the model has {shape.features}."
        )
    needed = len(one.target) + shape.prediction_length
    if one.features is not None and one.features.shape[1] != needed:
        raise BadRequestError(
            f"'dynamic_feat' have {one.features.shape[1]} values; needed are those of the target"
            f" and {shape.prediction_length} more, {needed}."
        )


def _answer(samples: Any, data: Question) -> Mapping[str, Any]:
    answer: dict[str, Any] = {}
    if QUANTILES in data.told:
        answer[QUANTILES] = {
            name: np.quantile(samples, quantile, axis=0).tolist()
            for name, quantile in data.quantiles.items()
        }
    if SAMPLES in data.told:
        answer[SAMPLES] = samples.tolist()
    if MEAN in data.told:
        answer[MEAN] = samples.mean(axis=0).tolist()
    return answer
