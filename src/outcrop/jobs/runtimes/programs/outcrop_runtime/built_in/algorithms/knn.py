"""The nearest neighbors, by scikit-learn.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/kNN_hyperparameters.html
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors
from sklearn.random_projection import GaussianRandomProjection, SparseRandomProjection

from outcrop_runtime.built_in.algorithms import Data
from outcrop_runtime.built_in.hyperparameters import Rule, one_of, whole
from outcrop_runtime.built_in.models import Model
from outcrop_runtime.built_in.records import dense
from outcrop_runtime.training.errors import CannotTrainError

LABELLED = True
RULES: Mapping[str, Rule] = {
    "feature_dim": whole("[1, inf)", required=True),
    "k": whole("[1, inf)", required=True),
    "predictor_type": one_of("classifier", "regressor", required=True),
    "sample_size": whole("[1, inf)", required=True),
    "dimension_reduction_target": whole("[1, inf)"),
    "dimension_reduction_type": one_of("sign", "fjlt"),
    "faiss_index_ivf_nlists": whole("[1, inf)", "auto"),
    "faiss_index_pq_m": whole("[1, inf)"),
    "index_metric": one_of("COSINE", "INNER_PRODUCT", "L2", default="L2"),
    "index_type": one_of("faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ", default="faiss.Flat"),
    "mini_batch_size": whole("[1, inf)", 5000),
}


def train(data: Data, wanted: Mapping[str, Any]) -> Model:
    """Keep a sample of the rows, perhaps in fewer dimensions."""
    rows, labels = data.train.dense, data.train.labels
    size = min(wanted["sample_size"], len(rows))
    if wanted["k"] > size:
        raise CannotTrainError(f"k is {wanted['k']}, but the sample has {size} rows.")
    chosen = np.sort(np.random.default_rng(0).permutation(len(rows))[:size])
    arrays = {"rows": rows[chosen], "labels": labels[chosen]}
    projection = _projection(wanted, rows)
    if projection is not None:
        arrays["projection"] = projection
        arrays["rows"] = arrays["rows"] @ projection
    facts = {name: wanted[name] for name in ("k", "predictor_type", "index_metric")}
    model = Model("knn", arrays, facts)
    if data.test is not None:
        found = [one["predicted_label"] for one in Predictor(model).predict(data.test.features)]
        if wanted["predictor_type"] == "classifier":
            right = float(np.mean(np.equal(found, data.test.labels)))
            data.tell("test accuracy <score>", right)
        else:
            data.tell("test mse <loss>", float(np.mean((found - data.test.labels) ** 2)))
    return model


def _projection(wanted: Mapping[str, Any], rows: Any) -> Any:
    """Return what takes rows to fewer dimensions, (columns, dimensions); `None`: nothing does."""
    kind, target = wanted["dimension_reduction_type"], wanted["dimension_reduction_target"]
    if kind is None:
        return None
    if target is None or target >= rows.shape[1]:
        raise CannotTrainError(
            "dimension_reduction_target must be greater than 0 and less than feature_dim."
        )
    if kind == "sign":
        found = SparseRandomProjection(target, density=1.0, dense_output=True, random_state=0)
    else:
        found = GaussianRandomProjection(target, random_state=0)
    components = found.fit(rows).components_
    return dense(components).T.astype(np.float32)


class Predictor:
    """Asks the neighbors of each row."""

    def __init__(self, model: Model) -> None:
        self._arrays, self._facts = model.arrays, model.facts
        projection = model.arrays.get("projection")
        self._projection = projection
        self.width = len(projection) if projection is not None else model.arrays["rows"].shape[1]
        metric = model.facts["index_metric"]
        self._index = None
        if metric != "INNER_PRODUCT":
            kind = "cosine" if metric == "COSINE" else "euclidean"
            self._index = NearestNeighbors(n_neighbors=model.facts["k"], metric=kind)
            self._index.fit(model.arrays["rows"])

    def predict(self, features: Any) -> list[dict[str, Any]]:
        """Return the label of each row; those of the neighbors for who asks verbosely."""
        rows = dense(features)
        if self._projection is not None:
            rows = rows @ self._projection
        distances, places = self._neighbors(rows)
        labels = self._arrays["labels"][places]
        is_classifier = self._facts["predictor_type"] == "classifier"
        return [
            {
                "predicted_label": _most_frequent(near) if is_classifier else float(near.mean()),
                "distances": far.tolist(),
                "labels": near.tolist(),
            }
            for near, far in zip(labels, distances, strict=True)
        ]

    def _neighbors(self, rows: Any) -> tuple[Any, Any]:
        if self._index is not None:
            return self._index.kneighbors(rows)
        products = rows @ self._arrays["rows"].T
        places = np.argsort(-products, axis=1, kind="stable")[:, : self._facts["k"]]
        return np.take_along_axis(products, places, axis=1), places


def _most_frequent(labels: Any) -> float:
    """Return the label that most neighbors have; of several, that of the nearest."""
    values, first, counts = np.unique(labels, return_index=True, return_counts=True)
    return float(values[np.lexsort((first, -counts))[0]])
