"""XGBoost, as AWS's container serves it: the models of its algorithm, and users' own.

Sources: https://github.com/aws/sagemaker-xgboost-container
(algorithm_mode/handler_service.py, algorithm_mode/serve_utils.py, handler_service.py, encoder.py)
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xgboost

from outcrop_runtime.serving import selectable_content
from outcrop_runtime.serving.codecs import encode
from outcrop_runtime.serving.messages import (
    CSV,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)
from outcrop_runtime.xgboost_algorithm import models
from outcrop_runtime.xgboost_algorithm.lines import LineError, csv_rows, read_libsvm

DEFAULT_ACCEPT = CSV
KINDS = {"text/csv": "csv", "text/libsvm": "libsvm", "text/x-libsvm": "libsvm"}


class UnreadableError(BadRequestError):
    """The container does not know this type, or the body is not of it."""

    status_code = 415


class Asked(xgboost.DMatrix):
    """The rows of a request."""

    def __init__(self, features: Any, kind: str) -> None:
        super().__init__(features)
        self.kind = kind


class Ensemble:
    """The models of a folder: their predictions' mean counts."""

    def __init__(self, boosters: Sequence[xgboost.Booster]) -> None:
        self.boosters = boosters

    def predict(self, rows: Asked) -> Any:
        """Return a prediction for each row.

        Raises:
            BadRequestError: The rows have other columns than the models.
        """
        known, given = self.boosters[0].num_features(), rows.num_col()
        is_like = given <= known if rows.kind == "libsvm" else given in (known, known - 1)
        if not is_like:
            claim = "is larger than" if rows.kind == "libsvm" else "is not consistent with"
            raise BadRequestError(
                f"Unable to evaluate payload provided: Feature size of {rows.kind} inference data"
                f" {given} {claim} feature size of trained model {known}."
            )
        found = [
            booster.predict(rows, iteration_range=_rounds(booster), validate_features=False)
            for booster in self.boosters
        ]
        return found[0] if len(found) == 1 else np.mean(found, axis=0)


class Scores:
    """What the algorithm's models say: the container writes it in a way of its own."""

    def __init__(self, values: Any, booster: xgboost.Booster) -> None:
        self.values = values
        self.booster = booster


def model_fn(model_dir: str) -> Ensemble:
    """Load all models of a folder, those that the algorithm leaves and others."""
    files = sorted(path for path in Path(model_dir).iterdir() if path.is_file())
    paths = [path for path in files if path.suffix != models.BEGUN]
    if not paths:
        raise FileNotFoundError(
            f"There is no model in {model_dir}: the archive must hold {models.MODEL}."
        )
    try:
        return Ensemble([models.load(path) for path in paths])
    except (ValueError, xgboost.core.XGBoostError) as error:
        what = str(error).partition("\nStack trace:")[0]
        raise RuntimeError(f"Unable to load model: {what}") from error


def input_fn(content: str | bytes, content_type: str) -> Asked:
    """Return the rows that a request holds, without labels."""
    kind = KINDS.get(bare(content_type))
    if kind is None:
        raise UnreadableError(
            f"Content-type {content_type} is not supported here. Supported content-types are"
            f" {', '.join(KINDS)}."
        )
    raw = content.encode() if isinstance(content, str) else content
    try:
        if kind == "csv":
            return Asked(csv_rows(raw.strip(), "the request"), kind)
        found = read_libsvm(raw.strip(), "the request", has_labels=False)
        return Asked(found.features, kind)
    except LineError as error:
        raise UnreadableError(
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:\n"
            f" {error}"
        ) from error


def predict_fn(data: Asked, model: Any) -> Any:
    """Return what the model says: the algorithm's, or one that the user's `model_fn` loads."""
    if isinstance(model, Ensemble):
        return Scores(model.predict(data), model.boosters[0])
    return model.predict(data, validate_features=False)


def output_fn(prediction: Any, accept: str) -> Any:
    """Return predictions as bytes, and their content type."""
    if not isinstance(prediction, Scores):
        return encode(prediction, accept)
    keys = selectable_content.asked_keys()
    if keys:
        given = selectable_content.selected(prediction.values, prediction.booster, keys)
        return selectable_content.encode(given, keys, accept)
    values = prediction.values.tolist()
    for content_type in accepted(accept):
        if content_type == CSV:
            # One line of all: not what CSV is, but what the container has always sent.
            is_batch = bool(os.environ.get("SAGEMAKER_BATCH"))
            text = "\n".join(map(str, values)) + "\n" if is_batch else ",".join(map(str, values))
            return text.encode(), CSV
        if content_type == "application/json":
            return encode(prediction.values, content_type)
    raise UnsupportedFormatError(accept)


def _rounds(booster: xgboost.Booster) -> tuple[int, int]:
    """Return the rounds up to the best one, where early stopping has found one; (0, 0): all."""
    best = booster.attr("best_iteration")
    return (0, int(best) + 1) if best is not None else (0, 0)
