"""Linear models, by scikit-learn.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/ll_hyperparameters.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse
from scipy.special import expit, softmax
from sklearn.preprocessing import StandardScaler

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.algorithms.linear import fitting, measures
from outcrop_runtime.built_in.algorithms.linear.parameters import (
    BINARY,
    LOSSES,
    MULTICLASS,
    REGRESSOR,
    RULES,
)
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import Rows
from outcrop_runtime.training.errors import CannotTrainError

__all__ = ["LABELLED", "RULES", "Predictor", "train"]

LABELLED = True


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Fit a linear model on standardized columns, epoch by epoch."""
    kind = wanted["predictor_type"]
    loss = _loss(wanted)
    _check_labels(data, wanted)
    features, label = _scales(data.train, wanted)
    measured = "train" if data.validation is None else "validation"
    fit = fitting.Fit(kind=kind, loss=loss, wanted=wanted, tell=data.tell, measured=measured)
    own = fitting.Standardized(data.train, features, label)
    held_out = fitting.Standardized(data.validation or data.train, features, label)
    weights, intercept = fit.run(own, held_out)

    model = _unscaled(kind, weights, intercept, features, label)
    if kind == BINARY:
        by = data.validation or data.train
        scores = Predictor(model).scores(by.features)
        threshold = measures.threshold(by.labels > 0, scores, wanted)
        model = Model(model.algorithm, model.arrays, {**model.facts, "threshold": threshold})
    for name in ("train", "validation", "test"):
        rows: Rows | None = getattr(data, name)
        if rows is not None:
            _measure(data, name, rows, model, wanted)
    return model


def _loss(wanted: Mapping[str, Any]) -> str:
    kind = wanted["predictor_type"]
    if kind == MULTICLASS and wanted["num_classes"] is None:
        raise CannotTrainError(
            "num_classes must be set when predictor_type is multiclass_classifier."
        )
    allowed = LOSSES[kind]
    loss = wanted["loss"]
    if loss == "auto":
        return allowed[0]
    if loss not in allowed:
        raise CannotTrainError(
            f"The loss {loss} does not go with the predictor_type {kind}: give one of"
            f" {', '.join(allowed)}."
        )
    return str(loss)


def _check_labels(data: Data, wanted: Mapping[str, Any]) -> None:
    kind = wanted["predictor_type"]
    if kind == REGRESSOR:
        return
    classes = 2 if kind == BINARY else wanted["num_classes"]
    for rows in (data.train, data.validation, data.test):
        if rows is not None and not np.isin(rows.labels, np.arange(classes)).all():
            raise CannotTrainError(
                f"Labels of a {kind} must be whole numbers from 0 to {classes - 1}."
            )


def _scales(rows: Rows, wanted: Mapping[str, Any]) -> tuple[StandardScaler, StandardScaler]:
    """Return what standardizes the columns, and the labels of a regression."""
    is_sparse = scipy.sparse.issparse(rows.features)
    features = StandardScaler(
        with_mean=not is_sparse and _chosen(wanted["unbias_data"], usual=True),
        with_std=_chosen(wanted["normalize_data"], usual=True),
    ).fit(rows.features)
    is_regression = wanted["predictor_type"] == REGRESSOR
    label = StandardScaler(
        with_mean=is_regression and _chosen(wanted["unbias_label"], usual=True),
        with_std=is_regression and _chosen(wanted["normalize_label"], usual=True),
    ).fit(np.asarray(rows.labels)[:, None])
    return features, label


def _chosen(value: bool | str, *, usual: bool) -> bool:
    return usual if value == "auto" else bool(value)


def _unscaled(
    kind: str, weights: Any, intercept: Any, features: StandardScaler, label: StandardScaler
) -> Model:
    """Return weights, (columns, outputs), as they are for rows as they come."""
    if features.with_std:
        weights = weights / features.scale_[:, None]
    if features.with_mean:
        intercept = intercept - features.mean_ @ weights
    if label.with_std:
        weights, intercept = weights * label.scale_, intercept * label.scale_
    if label.with_mean:
        intercept = intercept + label.mean_
    return Model(
        "linear-learner",
        {"weights": weights, "intercept": intercept},
        {"predictor_type": kind, "threshold": 0.5},
    )


def _measure(data: Data, name: str, rows: Rows, model: Model, wanted: Mapping[str, Any]) -> None:
    predictor = Predictor(model)
    found = predictor.scores(rows.features)
    labels = predictor.labels(found)
    kind = wanted["predictor_type"]
    if kind == REGRESSOR:
        values = measures.of_regression(rows.labels, found)
    elif kind == BINARY:
        values = measures.of_binary(rows.labels > 0, found, labels > 0, wanted["f_beta"])
    else:
        values = measures.of_classes(rows.labels, found, labels, wanted["accuracy_top_k"])
    for metric, value in values.items():
        data.tell(f"{name} {metric}", value)


class Predictor:
    """Weighs the columns of rows."""

    def __init__(self, model: Model) -> None:
        self._weights, self._intercept = model.arrays["weights"], model.arrays["intercept"]
        self._kind, self._threshold = model.facts["predictor_type"], model.facts["threshold"]
        self.width = self._weights.shape[0]

    def scores(self, features: Any) -> Any:
        """Return (rows,) numbers or probabilities, of several classes (rows, classes)."""
        values = features @ self._weights + self._intercept
        if self._kind == MULTICLASS:
            return softmax(values, axis=1)
        return expit(values[:, 0]) if self._kind == BINARY else values[:, 0]

    def labels(self, scores: Any) -> Any:
        """Return the labels that go with scores."""
        if self._kind == MULTICLASS:
            return scores.argmax(axis=1)
        return scores >= self._threshold

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return a score for each row, and of classifiers the label."""
        found = self.scores(features)
        if self._kind == REGRESSOR:
            return [{"score": score} for score in found.tolist()]
        return [
            {"score": score, "predicted_label": int(label)}
            for score, label in zip(found.tolist(), self.labels(found), strict=True)
        ]
