"""Principal components, by scikit-learn.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/PCA-reference.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import Rule, one_of, whole, yes_or_no
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import dense
from outcrop_runtime.training.errors import CannotTrainError

LABELLED = False
RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, inf)", required=True),
    "mini_batch_size": whole("[1, inf)", required=True),
    "num_components": whole("[1, inf)", required=True),
    "algorithm_mode": one_of("regular", "randomized", default="regular"),
    "extra_components": whole("[-1, inf)", -1),
    "subtract_mean": yes_or_no(default=True),
}
FEWEST_EXTRA_COMPONENTS = 10


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Find the directions in which rows differ most."""
    rows, count = data.train.dense, wanted["num_components"]
    most = min(rows.shape)
    if count > most:
        raise CannotTrainError(f"num_components is {count}, but there are {most} at most.")
    found = _decomposition(wanted).fit(rows)
    mean = found.mean_ if wanted["subtract_mean"] else np.zeros(rows.shape[1])
    # AWS's components are sorted by rising singular values.
    components = found.components_[::-1].T
    centered = rows - mean
    left = centered - centered @ components @ components.T
    variance = float((centered**2).sum())
    data.tell("train explained_variance_ratio <score>", 1 - float((left**2).sum()) / variance)
    singular = found.singular_values_[::-1]
    return Model("pca", {"mean": mean, "v": components, "s": singular})


def _decomposition(wanted: Mapping[str, Any]) -> Any:
    count, extra = wanted["num_components"], wanted["extra_components"]
    oversamples = max(FEWEST_EXTRA_COMPONENTS, count) if extra == -1 else extra
    is_random = wanted["algorithm_mode"] == "randomized"
    if wanted["subtract_mean"]:
        solver = "randomized" if is_random else "full"
        return PCA(count, svd_solver=solver, n_oversamples=oversamples, random_state=0)
    return TruncatedSVD(count, n_oversamples=oversamples, random_state=0)


class Predictor:
    """Projects rows on the components."""

    def __init__(self, model: Model) -> None:
        self._mean, self._components = model.arrays["mean"], model.arrays["v"]
        self.width = self._components.shape[0]

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the projection of each row."""
        found = (dense(features) - self._mean) @ self._components
        return [{"projection": row} for row in found.tolist()]
