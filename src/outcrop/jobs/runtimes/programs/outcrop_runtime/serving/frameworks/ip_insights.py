"""The models of IP Insights: how well entities and addresses go together.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ip-insights-inference-data-formats.html
"""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from outcrop_runtime.built_in.models import load
from outcrop_runtime.ip_insights.events import EventError, numbered
from outcrop_runtime.ip_insights.network import EventNetwork, Shape, from_model, prefixes_of
from outcrop_runtime.serving.messages import (
    CSV,
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

LINES = "application/jsonlines"
SCORE = "dot_product"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is ready to answer."""

    shape: Shape
    network: EventNetwork


def model_fn(model_dir: str) -> Loaded:
    """Load the model."""
    return Loaded(*from_model(load(Path(model_dir))))


def input_fn(content: str | bytes, content_type: str) -> Sequence[Sequence[Any]]:
    """Return the events of a request, an entity and an address each."""
    text = content.decode() if isinstance(content, bytes) else content
    kind = bare(content_type)
    if kind not in (CSV, JSON, LINES):
        raise UnsupportedFormatError(content_type)
    try:
        if kind == CSV:
            return [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if row]
        if kind == LINES:
            return [_row(json.loads(line)) for line in text.splitlines() if line.strip()]
        return [_row(one) for one in json.loads(text)["instances"]]
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error!r}") from error


def predict_fn(data: Sequence[Sequence[Any]], model: Loaded) -> Sequence[Mapping[str, Any]]:
    """Return the score and the vectors of each event."""
    try:
        entities, addresses = numbered(data, model.shape.entities)
    except EventError as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error}") from error
    if not len(entities):
        return []
    with torch.inference_mode():
        numbers, prefixes = torch.from_numpy(entities), prefixes_of(addresses)
        of_entities, of_addresses = model.network.vectors(numbers, prefixes)
        scores = model.network(numbers, prefixes)
    return [
        {SCORE: score, "entity_embedding": entity, "ip_embedding": address}
        for score, entity, address in zip(
            scores.tolist(), of_entities.tolist(), of_addresses.tolist(), strict=True
        )
    ]


def output_fn(prediction: Sequence[Mapping[str, Any]], accept: str) -> tuple[bytes, str]:
    """Return answers as bytes, and their content type; vectors go to those who ask for them."""
    is_verbose = "verbose=true" in accept.replace(" ", "").lower()
    told = prediction if is_verbose else [{SCORE: one[SCORE]} for one in prediction]
    for kind in accepted(accept):
        if kind == JSON:
            return json.dumps({"predictions": list(told)}).encode(), JSON
        if kind == LINES:
            return "".join(f"{json.dumps(one)}\n" for one in told).encode(), LINES
    raise UnsupportedFormatError(accept)


def _row(instance: Any) -> Sequence[Any]:
    features = instance.get("data", instance)["features"]
    values = features["values"] if isinstance(features, dict) else features
    if not isinstance(values, list):
        raise TypeError('an instance is {"features": ["entity", "address"]}')
    return values
