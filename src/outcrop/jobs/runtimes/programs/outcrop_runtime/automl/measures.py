"""What candidates are measured by.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-metrics-validation.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import metrics

DEFAULTS = {
    "BinaryClassification": "F1",
    "MulticlassClassification": "Accuracy",
    "Regression": "MSE",
}
"""Objectives where the caller names none."""
OPTIMISED = {
    "Accuracy": "accuracy",
    "AUC": "roc_auc",
    "F1": "f1",
    "F1macro": "macro_f1",
    "MSE": "mse",
    "RMSE": "rmse",
    "MAE": "mae",
    "R2": "r2",
}
"""FLAML's names of what it optimises; for the other objectives of classes it is the log loss."""


def measured(problem: str, truth: Any, found: Any, chances: Any) -> Mapping[str, float]:
    """Return all measures of a problem.

    Args:
        problem: Its type.
        truth: What is right: numbers, or places of classes.
        found: What was predicted.
        chances: Of each class, row by row; `None` for numbers.
    """
    if problem == "Regression":
        mse = float(metrics.mean_squared_error(truth, found))
        return {
            "MSE": mse,
            "RMSE": float(np.sqrt(mse)),
            "MAE": float(metrics.mean_absolute_error(truth, found)),
            "R2": float(metrics.r2_score(truth, found)),
        }
    classes = list(range(chances.shape[1]))
    told = {
        "Accuracy": metrics.accuracy_score(truth, found),
        "BalancedAccuracy": metrics.balanced_accuracy_score(truth, found),
        "LogLoss": metrics.log_loss(truth, chances, labels=classes),
    }
    if problem == "BinaryClassification":
        told |= {
            "F1": metrics.f1_score(truth, found, zero_division=0),
            "Precision": metrics.precision_score(truth, found, zero_division=0),
            "Recall": metrics.recall_score(truth, found, zero_division=0),
        }
        if len(set(truth)) == 2:
            told["AUC"] = metrics.roc_auc_score(truth, chances[:, 1])
    else:
        told |= {
            "F1macro": metrics.f1_score(truth, found, average="macro", zero_division=0),
            "PrecisionMacro": metrics.precision_score(
                truth, found, average="macro", zero_division=0
            ),
            "RecallMacro": metrics.recall_score(truth, found, average="macro", zero_division=0),
        }
    return {name: float(value) for name, value in told.items()}
