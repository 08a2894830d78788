"""The linear learner's metrics under AWS's names, and the threshold of its classifiers.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/linear-learner-tuning.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import metrics as sk

MOST_THRESHOLDS = 1000


def of_regression(true: Any, found: Any) -> Mapping[str, float]:
    """Return the metrics of numbers."""
    square = float(sk.mean_squared_error(true, found))
    return {
        "objective_loss <loss>": square,
        "mse <loss>": square,
        "rmse <loss>": square**0.5,
        "absolute_loss <loss>": float(sk.mean_absolute_error(true, found)),
    }


def of_binary(true: Any, scores: Any, found: Any, beta: float) -> Mapping[str, float]:
    """Return the metrics of two classes."""
    values = {
        "objective_loss <loss>": float(sk.log_loss(true, scores, labels=[False, True])),
        "binary_classification_accuracy <score>": float(sk.accuracy_score(true, found)),
        "binary_f_beta <score>": float(sk.fbeta_score(true, found, beta=beta, zero_division=0)),
        "precision <score>": float(sk.precision_score(true, found, zero_division=0)),
        "recall <score>": float(sk.recall_score(true, found, zero_division=0)),
    }
    if 0 < true.sum() < len(true):
        values["roc_auc_score <score>"] = float(sk.roc_auc_score(true, scores))
    return values


def of_classes(true: Any, scores: Any, found: Any, top: int) -> Mapping[str, float]:
    """Return the metrics of several classes."""
    names = np.arange(scores.shape[1])
    best = np.argsort(-scores, axis=1)[:, :top]
    return {
        "objective_loss <loss>": float(sk.log_loss(true, scores, labels=names)),
        "multiclass_accuracy <score>": float(sk.accuracy_score(true, found)),
        "multiclass_top_k_accuracy <score>": float((best == true[:, None]).any(axis=1).mean()),
    }


def threshold(true: Any, scores: Any, wanted: Mapping[str, Any]) -> float:
    """Return the score from which on rows are positive, as the selection criteria have it."""
    criteria = wanted["binary_classifier_model_selection_criteria"]
    if criteria in ("cross_entropy_loss", "loss_function"):
        return 0.5
    marks = np.unique(scores)
    if len(marks) > MOST_THRESHOLDS:
        marks = np.quantile(scores, np.linspace(0, 1, MOST_THRESHOLDS))
    # Between the scores, so that rows like these are told apart as these are.
    middles = np.concatenate([[0.5], (marks[1:] + marks[:-1]) / 2])
    worth = [_worth(criteria, true, scores >= mark, wanted) for mark in middles]
    return float(middles[int(np.argmax(worth))])


def _worth(criteria: str, true: Any, found: Any, wanted: Mapping[str, Any]) -> float:
    right = float((true & found).sum())
    precision = right / max(1, int(found.sum()))
    recall = right / max(1, int(true.sum()))
    if criteria == "accuracy":
        return float((true == found).mean())
    if criteria == "precision_at_target_recall":
        return precision if recall >= wanted["target_recall"] else recall - 1
    if criteria == "recall_at_target_precision":
        return recall if precision >= wanted["target_precision"] else precision - 1
    beta = wanted["f_beta"] if criteria == "f_beta" else 1.0
    both = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / both if both else 0.0
