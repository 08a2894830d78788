"""The metrics that the XGBoost algorithm measures: XGBoost's own, and those of AWS's container.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import xgboost
from sklearn import metrics as sk
from xgboost import collective

MAXIMIZED = (
    "accuracy",
    "auc",
    "aucpr",
    "balanced_accuracy",
    "f1",
    "f1_binary",
    "f1_macro",
    "map",
    "ndcg",
    "precision",
    "precision_macro",
    "precision_micro",
    "r2",
    "recall",
    "recall_macro",
    "recall_micro",
)
MINIMIZED = (
    "aft-nloglik",
    "cox-nloglik",
    "error",
    "gamma-deviance",
    "gamma-nloglik",
    "interval-regression-accuracy",
    "logloss",
    "mae",
    "mape",
    "merror",
    "mlogloss",
    "mphe",
    "mse",
    "poisson-nloglik",
    "rmse",
    "rmsle",
    "tweedie-nloglik",
)
METRICS = (*MAXIMIZED, *MINIMIZED)

Measure: TypeAlias = Callable[[Any, "xgboost.DMatrix"], list[tuple[str, float]]]
Score: TypeAlias = Callable[[Any, Any], Any]


def _averaged(score: Callable[..., Any], average: str) -> Score:
    return lambda true, found: score(true, found, average=average, zero_division=0)


OF_LABELS: Mapping[str, Score] = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "f1": _averaged(sk.f1_score, "macro"),
    "f1_binary": _averaged(sk.f1_score, "binary"),
    "f1_macro": _averaged(sk.f1_score, "macro"),
    "precision": _averaged(sk.precision_score, "binary"),
    "precision_macro": _averaged(sk.precision_score, "macro"),
    "precision_micro": _averaged(sk.precision_score, "micro"),
    "recall": _averaged(sk.recall_score, "binary"),
    "recall_macro": _averaged(sk.recall_score, "macro"),
    "recall_micro": _averaged(sk.recall_score, "micro"),
}
OF_NUMBERS: Mapping[str, Score] = {"mse": sk.mean_squared_error, "r2": sk.r2_score}


def is_own(name: str) -> bool:
    """Tell whether a metric is the container's, not XGBoost's."""
    return name in OF_LABELS or name in OF_NUMBERS


def own_metrics(names: Sequence[str], objective: str) -> Measure | None:
    """Return what measures the container's metrics, if any are asked for.

    Over several instances each is the mean of the instances', by their rows.
    """
    chosen = [name for name in names if is_own(name)]
    if not chosen:
        return None

    def measure(predictions: Any, data: "xgboost.DMatrix") -> list[tuple[str, float]]:
        true = data.get_label()
        found = _labels(np.asarray(predictions), objective)
        return [(name, _mean(_score(name, true, predictions, found), len(true))) for name in chosen]

    return measure


def _score(name: str, true: Any, predictions: Any, labels: Any) -> float:
    if not len(true):
        return 0.0
    if name in OF_LABELS:
        return float(OF_LABELS[name](true, labels))
    return float(OF_NUMBERS[name](true, predictions))


def _mean(value: float, rows: int) -> float:
    total, count = collective.allreduce(np.array([value * rows, rows]), collective.Op.SUM)
    return float(total / count)


def _labels(predictions: Any, objective: str) -> Any:
    """Return classes for what a model says."""
    if predictions.ndim > 1:
        return predictions.argmax(axis=1)
    return predictions > 0 if objective == "binary:logitraw" else np.rint(predictions)
