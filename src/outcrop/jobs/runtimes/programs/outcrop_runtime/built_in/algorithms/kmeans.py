"""K-means, by scikit-learn.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/k-means-api-config.html
"""

from collections.abc import Mapping
from typing import Any

from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin_min

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import (
    Rule,
    listed,
    one_of,
    real,
    whole,
    yes_or_no,
)
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import Rows
from outcrop_runtime.training.errors import CannotTrainError

LABELLED = False
RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, inf)", required=True),
    "k": whole("[2, inf)", required=True),
    "epochs": whole("[1, inf)", 1),
    "eval_metrics": listed("msd", "ssd", default=["msd"]),
    "extra_center_factor": whole("[1, inf)", "auto"),
    "force_dense": yes_or_no(default=False),  # Of the SDK's making: rows are as they are.
    "half_life_time_size": whole("[0, inf)", 0),
    "init_method": one_of("random", "kmeans++", default="random"),
    "local_lloyd_init_method": one_of("random", "kmeans++", default="kmeans++"),
    "local_lloyd_max_iter": whole("[1, inf)", 300),
    "local_lloyd_num_trials": whole("[1, inf)", "auto"),
    "local_lloyd_tol": real("[0, 1]", 0.0001),
    "mini_batch_size": whole("[1, inf)", 5000),
}


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Find the centers of all rows by Lloyd's algorithm."""
    if wanted["k"] > data.train.count:
        raise CannotTrainError(f"k is {wanted['k']}, but there are {data.train.count} rows.")
    method = wanted["local_lloyd_init_method"]
    found = KMeans(
        n_clusters=wanted["k"],
        init="k-means++" if method == "kmeans++" else "random",
        n_init=wanted["local_lloyd_num_trials"],
        max_iter=wanted["local_lloyd_max_iter"],
        tol=wanted["local_lloyd_tol"],
        random_state=0,
    ).fit(data.train.features)
    for name, rows in (("train", data.train), ("test", data.test)):
        if rows is not None:
            _measure(data, name, rows, found.cluster_centers_, wanted["eval_metrics"])
    return Model("kmeans", {"centers": found.cluster_centers_})


def _measure(data: Data, name: str, rows: Rows, centers: Any, metrics: list[str]) -> None:
    distances = pairwise_distances_argmin_min(rows.features, centers)[1]
    total = float((distances**2).sum())
    values = {"msd": total / rows.count, "ssd": total}
    for metric in metrics:
        data.tell(f"{name} {metric} <loss>", values[metric])


class Predictor:
    """Tells the closest center of each row."""

    def __init__(self, model: Model) -> None:
        self._centers = model.arrays["centers"]
        self.width = self._centers.shape[1]

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the number of the center, and the distance to it."""
        closest, distances = pairwise_distances_argmin_min(features, self._centers)
        return [
            {"closest_cluster": float(cluster), "distance_to_cluster": float(distance)}
            for cluster, distance in zip(closest, distances, strict=True)
        ]
