"""The candidates of AutoML jobs, which answer in CSV or JSON as AWS's do.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-deploy-models.html
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from outcrop_runtime.automl.tables import Columns
from outcrop_runtime.serving.messages import (
    CSV,
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

DEFAULT_ACCEPT = CSV
LABEL = "predicted_label"
OUTPUT = "SAGEMAKER_INFERENCE_OUTPUT"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model and what it was trained on."""

    model: Any
    columns: Columns
    classes: Sequence[str]
    """None: it predicts numbers."""


def model_fn(model_dir: str) -> Candidate:
    """Load the candidate."""
    kept = joblib.load(Path(model_dir) / "model.joblib")
    return Candidate(kept["model"], Columns(kept["columns"]), kept["classes"])


def input_fn(content: str | bytes, content_type: str) -> tuple[str | bytes, str]:
    """Return a request as it is: only the candidate knows its columns."""
    kind = bare(content_type)
    if kind not in ("text/csv", "application/json"):
        raise UnsupportedFormatError(content_type)
    return content, kind


def predict_fn(data: tuple[str | bytes, str], model: Candidate) -> Sequence[Mapping[str, Any]]:
    """Return what is known of each row, by the keys that an endpoint may select."""
    try:
        rows = model.columns.read(*data)
    except (AttributeError, ValueError) as error:
        raise BadRequestError(str(error)) from error
    if not model.classes:
        return [{LABEL: float(value)} for value in model.model.predict(rows)]
    labels = list(model.classes)
    return [
        {
            LABEL: labels[int(chances.argmax())],
            "probability": float(chances.max()),
            "probabilities": [float(chance) for chance in chances],
            "labels": labels,
        }
        for chances in model.model.predict_proba(rows)
    ]


def output_fn(prediction: Sequence[Mapping[str, Any]], accept: str) -> tuple[bytes, str]:
    """Return the selected content of predictions, by default the label alone."""
    keys = [key for key in os.environ.get(OUTPUT, LABEL).replace(" ", "").split(",") if key]
    rows = [{key: one[key] for key in keys if key in one} for one in prediction]
    for content_type in accepted(accept):
        if content_type == "text/csv":
            lines = (",".join(_cell(value) for value in row.values()) for row in rows)
            return "".join(f"{line}\n" for line in lines).encode(), CSV
        if content_type == "application/json":
            return json.dumps({"predictions": rows}).encode(), JSON
    raise UnsupportedFormatError(accept)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return '"' + json.dumps(value).replace('"', '""') + '"'
    text = str(value)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if "," in text or '"' in text else text
