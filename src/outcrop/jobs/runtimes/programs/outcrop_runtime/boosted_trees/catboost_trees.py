"""CatBoost's trees."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import catboost
import numpy as np
import pandas as pd

from outcrop_runtime.boosted_trees.tables import Table

NOT_OF_CATBOOST = ("task", "early_stopping_rounds", "eval_metric")
AUTO = ("Auto", "auto")


class CatBoostTrees:
    """A model of CatBoost's."""

    def __init__(self, model: catboost.CatBoost, categories: Sequence[int], classes: int) -> None:
        self._model = model
        self._categories = categories
        self._classes = classes

    @classmethod
    def train(
        cls, table: Table, classes: Sequence[float], wanted: Mapping[str, Any]
    ) -> "CatBoostTrees":
        """Boost until nothing gets better."""
        loss = _loss(len(classes))
        metric = wanted["eval_metric"] if wanted["eval_metric"] != "auto" else loss
        given = {
            name: it
            for name, it in wanted.items()
            if name not in NOT_OF_CATBOOST and it not in AUTO
        }
        if given["grow_policy"] != "Lossguide":
            del given["max_leaves"]
        if loss != "Logloss":
            del given["scale_pos_weight"]
        model = catboost.CatBoost(
            {
                **given,
                "loss_function": loss,
                "eval_metric": metric,
                "allow_writing_files": False,
            }
        )
        rounds = wanted["early_stopping_rounds"]
        categories = table.categories
        model.fit(
            _pool(table.train.features, categories, table.train.labels),
            eval_set=_pool(table.validation.features, categories, table.validation.labels),
            early_stopping_rounds=rounds if rounds > 0 else None,
        )
        print(f"{metric}: bestTest = {model.get_best_score()['validation'][metric]:.8g}")
        return cls(model, categories, len(classes))

    @classmethod
    def load(cls, path: Path, *, categories: Sequence[int], classes: int) -> "CatBoostTrees":
        """Return a model of a file."""
        return cls(catboost.CatBoost().load_model(path), categories, classes)

    def save(self, path: Path) -> None:
        """See `Trees.save`."""
        self._model.save_model(path)

    def predict(self, features: Any) -> Any:
        """See `Trees.predict`."""
        kind = "Probability" if self._classes else "RawFormulaVal"
        return self._model.predict(_pool(features, self._categories), prediction_type=kind)


def _pool(features: Any, categories: Sequence[int], labels: Any = None) -> catboost.Pool:
    """Return rows as CatBoost takes them: categories are whole numbers."""
    table = pd.DataFrame(features)
    for column in categories:
        table[column] = table[column].fillna(-1).astype(np.int64)
    return catboost.Pool(table, labels, cat_features=list(categories))


def _loss(classes: int) -> str:
    if not classes:
        return "RMSE"
    return "Logloss" if classes == 2 else "MultiClass"
