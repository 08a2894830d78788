"""LightGBM's trees."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightgbm

from outcrop_runtime.boosted_trees.models import both
from outcrop_runtime.boosted_trees.tables import Table

NOT_OF_LIGHTGBM = ("task", "num_boost_round", "early_stopping_rounds", "metric", "use_dask")


class LightGbmTrees:
    """A model of LightGBM's."""

    def __init__(self, booster: lightgbm.Booster, *, is_binary: bool) -> None:
        self._booster = booster
        self._is_binary = is_binary

    @classmethod
    def train(
        cls, table: Table, classes: Sequence[float], wanted: Mapping[str, Any]
    ) -> "LightGbmTrees":
        """Boost until nothing gets better."""
        given = {name: it for name, it in wanted.items() if name not in NOT_OF_LIGHTGBM}
        if given["is_unbalance"]:
            del given["scale_pos_weight"]  # Either of them, LightGBM says.
        given |= _objective(classes)
        if wanted["metric"] != "auto":
            given["metric"] = wanted["metric"]
        train = lightgbm.Dataset(
            table.train.features,
            table.train.labels,
            categorical_feature=list(table.categories),
        )
        callbacks = [lightgbm.log_evaluation(1)]
        if wanted["early_stopping_rounds"] > 0 and wanted["boosting"] != "dart":
            callbacks.append(lightgbm.early_stopping(wanted["early_stopping_rounds"]))
        booster = lightgbm.train(
            {**given, "seed": 0},
            train,
            num_boost_round=wanted["num_boost_round"],
            valid_sets=[train.create_valid(table.validation.features, table.validation.labels)],
            callbacks=callbacks,
        )
        return cls(booster, is_binary=len(classes) == 2)

    @classmethod
    def load(cls, path: Path, *, classes: int) -> "LightGbmTrees":
        """Return a model of a file."""
        return cls(lightgbm.Booster(model_file=path), is_binary=classes == 2)

    def save(self, path: Path) -> None:
        """See `Trees.save`."""
        self._booster.save_model(path, num_iteration=self._booster.best_iteration)

    def predict(self, features: Any) -> Any:
        """See `Trees.predict`."""
        found = self._booster.predict(features)
        return both(found) if self._is_binary else found


def _objective(classes: Sequence[float]) -> Mapping[str, Any]:
    if not classes:
        return {"objective": "regression", "metric": "rmse"}
    if len(classes) == 2:
        return {"objective": "binary", "metric": "binary_logloss"}
    return {"objective": "multiclass", "num_class": len(classes), "metric": "multi_logloss"}
