"""What `SAGEMAKER_INFERENCE_OUTPUT=predicted_label,probability` selects of XGBoost's answers.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html,
https://github.com/aws/sagemaker-xgboost-container (algorithm_mode/serve_utils.py)
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import xgboost

from outcrop_runtime.serving.messages import CSV, JSON, UnsupportedFormatError, accepted

JSON_LINES = "application/jsonlines"
OF_REGRESSION = frozenset(("predicted_score",))
OF_MARGINS = frozenset(("predicted_label", "labels", "raw_score", "raw_scores"))
OF_PROBABILITIES = OF_MARGINS | {"probability", "probabilities"}
KEYS: Mapping[str, frozenset[str]] = {
    "reg:squarederror": OF_REGRESSION,
    "reg:logistic": OF_REGRESSION,
    "reg:gamma": OF_REGRESSION,
    "reg:tweedie": OF_REGRESSION,
    "binary:logistic": OF_PROBABILITIES,
    "binary:logitraw": OF_MARGINS,
    "binary:hinge": OF_MARGINS,
    "multi:softmax": OF_MARGINS,
    "multi:softprob": OF_PROBABILITIES,
}
"""What can be selected for an objective; the rest is NaN."""
NOT_A_NUMBER = float("nan")

Selection = Sequence[Mapping[str, Any]]


def asked_keys() -> Sequence[str]:
    """Return what the endpoint's environment selects; nothing: answers are plain."""
    given = os.environ.get("SAGEMAKER_INFERENCE_OUTPUT", "").replace(" ", "").lower()
    return [key for key in given.split(",") if key]


def selected(values: Any, booster: xgboost.Booster, keys: Sequence[str]) -> Selection:
    """Return what is selected of each prediction.

    Raises:
        ValueError: The model's objective knows no such content.
    """
    learner = json.loads(booster.save_config())["learner"]
    objective = learner["objective"]["name"]
    if objective not in KEYS:
        raise ValueError(
            f"Objective `{objective}` unsupported for selectable inference predictions."
        )
    classes = max(2, int(learner["learner_model_param"].get("num_class", 0)))
    known = KEYS[objective]
    return [
        {key: told[key] if key in known else NOT_A_NUMBER for key in keys}
        for told in (_told(value, objective, classes) for value in values)
    ]


def _told(value: Any, objective: str, classes: int) -> dict[str, Any]:
    """Return all that can be said of a prediction."""
    if objective == "multi:softprob":
        scores = value.tolist()
        label, score = scores.index(max(scores)), max(scores)
    else:
        score = value.item()
        scores = [1.0 - score, score]
        label = _label(score, objective)
    return {
        "predicted_score": score,
        "predicted_label": label,
        "labels": list(range(classes)),
        "probability": score,
        "probabilities": scores,
        "raw_score": score,
        "raw_scores": scores,
    }


def _label(score: float, objective: str) -> float:
    match objective:
        case "binary:logistic":
            return int(score > 0.5)
        case "binary:logitraw":
            return int(score > 0)
        case _:
            return score


def encode(given: Selection, keys: Sequence[str], accept: str) -> tuple[bytes, str]:
    """Return what is selected in the first type that is accepted and known, and that type.

    Raises:
        UnsupportedFormatError: None is known.
    """
    for content_type in accepted(accept):
        match content_type:
            case "application/json":
                return json.dumps({"predictions": given}).encode(), JSON
            case "application/jsonlines":
                return "".join(f"{json.dumps(one)}\n" for one in given).encode(), JSON_LINES
            case "text/csv":
                lines = [",".join(_cell(one[key]) for key in keys) for one in given]
                return "\n".join(lines).encode(), CSV
            case _:
                continue
    raise UnsupportedFormatError(accept)


def _cell(value: Any) -> str:
    return f'"{value}"' if isinstance(value, list) else str(value)
