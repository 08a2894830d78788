"""Random cut forests, by AWS's own library.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/rcf_hyperparameters.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from krcf import RandomCutForest
from sklearn import metrics as sk

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import Rule, listed, whole
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import Rows, dense

LABELLED = False
RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, 10000]", required=True),
    "eval_metrics": listed(
        "accuracy",
        "precision_recall_fscore",
        default=["accuracy", "precision_recall_fscore"],
    ),
    "num_samples_per_tree": whole("[1, 2048]", 256),
    "num_trees": whole("[50, 1000]", 100),
    "mini_batch_size": whole("[1, inf)", 1000),
}
DEVIATIONS = 3
"""Rows whose score is that many deviations above the mean count as anomalies."""


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Show a forest the rows, in an order of chance, as many as its trees can hold."""
    rows = data.train.dense
    size = min(wanted["num_samples_per_tree"], len(rows))
    forest = RandomCutForest(
        {
            "dimensions": rows.shape[1],
            "shingle_size": 1,
            "num_trees": wanted["num_trees"],
            "sample_size": size,
            "output_after": 1,
            "random_seed": 0,
        }
    )
    shown = np.random.default_rng(0).permutation(len(rows))[: size * wanted["num_trees"]]
    for row in rows[shown].tolist():
        forest.update(row)
    packed = np.frombuffer(bytes(forest.to_msgpack()), np.uint8)
    model = Model("randomcutforest", {"forest": packed}, {"width": rows.shape[1]})
    if data.test is not None and data.test.labels is not None:
        _measure(data, data.test, model, wanted["eval_metrics"])
    return model


def _measure(data: Data, rows: Rows, model: Model, metrics: list[str]) -> None:
    scores = np.array([one["score"] for one in Predictor(model).predict(rows.features)])
    found = scores > scores.mean() + DEVIATIONS * scores.std()
    true = rows.labels > 0
    if "accuracy" in metrics:
        data.tell("test accuracy <score>", float(sk.accuracy_score(true, found)))
    if "precision_recall_fscore" in metrics:
        values = sk.precision_recall_fscore_support(true, found, average="binary", zero_division=0)
        for name, value in zip(("precision", "recall", "f1"), values[:3], strict=True):
            data.tell(f"test {name} <score>", float(value))


class Predictor:
    """Scores how far out of the ordinary rows are."""

    def __init__(self, model: Model) -> None:
        self._forest = RandomCutForest.from_msgpack(model.arrays["forest"].tobytes())
        self.width = model.facts["width"]

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the anomaly score of each row."""
        return [{"score": float(self._forest.score(row))} for row in dense(features).tolist()]
