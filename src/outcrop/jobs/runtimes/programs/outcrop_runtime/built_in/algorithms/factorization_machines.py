"""Factorization machines, by myFM's variational inference.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/fact-machines-hyperparameters.html,
https://myfm.readthedocs.io/
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy.sparse
from myfm import VariationalFMClassifier, VariationalFMRegressor
from scipy.stats import norm
from sklearn import metrics as sk

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import Rule, one_of, real, whole
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import Rows
from outcrop_runtime.training.errors import CannotTrainError

LABELLED = True
CLASSIFIER = "binary_classifier"
FEWEST_SWEEPS = 50
"""Each epoch is a sweep of the inference, which is quick, and of little use when it is short."""


def _parts() -> Mapping[str, Rule]:
    """Return the hyperparameters that the bias, the linear terms and the factors have alike."""
    return {
        f"{part}_{name}": rule
        for part in ("bias", "factors", "linear")
        for name, rule in {
            "init_method": one_of("normal", "uniform", "constant", default="normal"),
            "init_scale": real("[0, inf)"),
            "init_sigma": real("[0, inf)"),
            "init_value": real("(-inf, inf)"),
            "lr": real("[0, inf)"),
            "wd": real("[0, inf)"),
        }.items()
    }


RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, inf)", required=True),
    "num_factors": whole("[1, inf)", required=True),
    "predictor_type": one_of(CLASSIFIER, "regressor", required=True),
    **_parts(),
    "clip_gradient": real("(-inf, inf)"),
    "epochs": whole("[1, inf)", 1),
    "eps": real("(-inf, inf)"),
    "mini_batch_size": whole("[1, inf)", 1000),
    "rescale_grad": real("(-inf, inf)"),
}


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Infer the weights of the columns and of their pairs."""
    kind = wanted["predictor_type"]
    is_classifier = kind == CLASSIFIER
    labels = data.train.labels
    if is_classifier and not set(np.unique(labels)) <= {0.0, 1.0}:
        raise CannotTrainError("Labels of a binary_classifier must be 0 or 1.")
    machine: Any = VariationalFMClassifier if is_classifier else VariationalFMRegressor
    found = machine(rank=wanted["num_factors"], random_seed=0)
    found.fit(
        scipy.sparse.csr_matrix(data.train.features, dtype=np.float64),
        labels > 0 if is_classifier else labels,
        n_iter=max(FEWEST_SWEEPS, wanted["epochs"]),
    )
    weights = found.predictor_.weights()
    arrays = {"w0": np.array(weights.w0), "w": weights.w, "v": weights.V}
    model = Model("factorization-machines", arrays, {"predictor_type": kind})
    for name, rows in (("train", data.train), ("test", data.test)):
        if rows is not None:
            _measure(data, name, rows, model)
    return model


def _measure(data: Data, name: str, rows: Rows, model: Model) -> None:
    scores = [one["score"] for one in Predictor(model).predict(rows.features)]
    if model.facts["predictor_type"] != CLASSIFIER:
        error = float(sk.root_mean_squared_error(rows.labels, scores))
        data.tell(f"{name} rmse <loss>", error)
        return
    found = np.array(scores) > 0.5
    right = float(sk.accuracy_score(rows.labels > 0, found))
    entropy = float(sk.log_loss(rows.labels > 0, scores, labels=[False, True]))
    f1 = float(sk.f1_score(rows.labels > 0, found, zero_division=0))
    data.tell(f"{name} binary_classification_accuracy <score>", right)
    data.tell(f"{name} binary_classification_cross_entropy <loss>", entropy)
    data.tell(f"{name} binary_f_beta <score>", f1)


class Predictor:
    """Weighs the columns of rows and their pairs."""

    def __init__(self, model: Model) -> None:
        self._w0, self._w, self._v = (model.arrays[name] for name in ("w0", "w", "v"))
        self._is_classifier = model.facts["predictor_type"] == CLASSIFIER
        self.width = len(self._w)

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return a score for each row, and of a classifier its label."""
        rows = scipy.sparse.csr_matrix(features, dtype=np.float64)
        pairs = ((rows @ self._v) ** 2 - rows.power(2) @ (self._v**2)).sum(axis=1) / 2
        values = self._w0 + rows @ self._w + pairs
        if not self._is_classifier:
            return [{"score": value} for value in values.tolist()]
        return [
            {"score": score, "predicted_label": float(score > 0.5)}
            for score in norm.cdf(values).tolist()
        ]
