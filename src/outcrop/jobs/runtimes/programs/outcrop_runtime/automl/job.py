"""One candidate: an algorithm tuned on the training rows, measured on others, explained, kept."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np
import pandas as pd
from flaml.automl.automl import AutoML
from sklearn.model_selection import train_test_split

from outcrop_runtime.automl.measures import DEFAULTS, OPTIMISED, measured
from outcrop_runtime.automl.tables import Columns, problem_of, read_tables
from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError

ESTIMATORS = {
    "xgboost": "xgboost",
    "lightgbm": "lgbm",
    "randomforest": "rf",
    "extra-trees": "extra_tree",
    "linear-learner": "lrl2",
}
"""FLAML's names of AWS's algorithms; of numbers the linear one is another."""
LINEAR_REGRESSION = "enet"
VALIDATION_FRACTION = 0.2
MOST_ROWS_EXPLAINED, SHUFFLES = 2000, 3
MOST_CONFIGURATIONS = 50
"""That a candidate tries of its algorithm's, where its time is enough for them."""
MODEL = "model.joblib"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learnt."""

    target: str
    problem: str
    objective: str
    classes: list[str]
    """Of classes in the order of their places; the second of two counts as positive."""

    def places(self, target: pd.Series) -> Any:
        """Return a target's values: numbers, or the places of classes."""
        if self.problem == "Regression":
            return target.astype(float).to_numpy()
        return target.astype(str).map({name: place for place, name in enumerate(self.classes)})


def main() -> int:
    """Train the candidate of this instance's job."""
    job = Job.here()
    try:
        _train(job)
    except CannotTrainError as error:
        job.fail(str(error))
        return 1
    return 0


def _train(job: Job) -> None:
    given = job.hyperparameters
    channels = job.channels()
    rows = read_tables(channels["training"].folder, "training")
    task = _task(given, rows)
    rows = rows.dropna(subset=[task.target])
    if "validation" in channels:
        held = read_tables(channels["validation"].folder, "validation")
        held = held.dropna(subset=[task.target])
    else:
        rows, held = _split(
            rows, task, float(given.get("validation_fraction", VALIDATION_FRACTION))
        )
    columns = Columns.of(rows.drop(columns=[task.target]))
    truth = task.places(held[task.target])
    if pd.isna(truth).any():
        raise CannotTrainError("The validation rows have classes that the training rows have not.")
    print(f"{task.problem}: {len(rows)} rows to train on, {len(held)} to validate on", flush=True)
    model = _fitted(given, task, columns.typed(rows), task.places(rows[task.target]))
    features = columns.typed(held)
    told = _measured(model, task, features, truth)
    if task.objective not in told:
        raise CannotTrainError(
            f"The objective {task.objective} cannot be had of this {task.problem}; there are"
            f" {', '.join(told)}."
        )
    for name, value in told.items():
        print(f"validation:{name}={value};", flush=True)
    joblib.dump(
        {
            "model": model,
            "columns": columns.kinds,
            "problem": task.problem,
            "classes": task.classes,
        },
        job.model / MODEL,
    )
    _leave(job, task, told, _importances(model, task, features, truth))


def _task(given: Mapping[str, str], rows: pd.DataFrame) -> Task:
    target = given["target"]
    if target not in rows.columns:
        raise CannotTrainError(
            f"The target attribute {target} is none of the columns: {', '.join(map(str, rows))}."
        )
    problem = given.get("problem_type") or problem_of(rows[target])
    classes = [] if problem == "Regression" else sorted(set(rows[target].dropna().astype(str)))
    if problem == "BinaryClassification" and len(classes) != 2:
        raise CannotTrainError(f"The target {target} has {len(classes)} classes, not two.")
    if problem == "Regression" and not pd.api.types.is_numeric_dtype(rows[target]):
        raise CannotTrainError(f"The target {target} is not a number.")
    return Task(target, problem, given.get("objective") or DEFAULTS[problem], classes)


def _split(rows: pd.DataFrame, task: Task, fraction: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold rows out, the same for all candidates; of each class if it has enough of them."""
    places = rows[task.target].astype(str)
    is_class = task.problem != "Regression" and places.value_counts().min() >= 2
    try:
        return train_test_split(
            rows, test_size=fraction, random_state=0, stratify=places if is_class else None
        )
    except ValueError as error:
        raise CannotTrainError(f"There are too few rows to hold some out: {error}") from error


def _fitted(given: Mapping[str, str], task: Task, features: pd.DataFrame, truth: Any) -> AutoML:
    estimator = ESTIMATORS[given["algorithm"]]
    is_regression = task.problem == "Regression"
    if is_regression and given["algorithm"] == "linear-learner":
        estimator = LINEAR_REGRESSION
    model = AutoML()
    model.fit(
        features,
        np.asarray(truth),
        task="regression" if is_regression else "classification",
        metric=OPTIMISED.get(task.objective, "log_loss"),
        estimator_list=[estimator],
        time_budget=float(given["seconds"]),
        max_iter=MOST_CONFIGURATIONS,
        early_stop=True,
        seed=int(given["seed"]),
        n_jobs=1,
        verbose=0,
    )
    if model.model is None:
        raise CannotTrainError(f"{estimator} found no model within {given['seconds']} seconds.")
    return model


def _measured(model: AutoML, task: Task, features: pd.DataFrame, truth: Any) -> Mapping[str, float]:
    if task.problem == "Regression":
        return measured(task.problem, truth, model.predict(features), None)
    chances = model.predict_proba(features)
    return measured(task.problem, truth, chances.argmax(axis=1), chances)


def _importances(
    model: AutoML, task: Task, features: pd.DataFrame, truth: Any
) -> Mapping[str, float]:
    """Return by how much the objective worsens when a column's values are shuffled."""
    features, truth = features[:MOST_ROWS_EXPLAINED], np.asarray(truth)[:MOST_ROWS_EXPLAINED]
    sign = -1.0 if task.objective in ("MSE", "RMSE", "MAE") else 1.0
    whole = _measured(model, task, features, truth)[task.objective]
    chance = random.Random(0)  # noqa: S311 - it is to be repeatable
    found: dict[str, float] = {}
    for name in features.columns:
        losses: list[float] = []
        for _ in range(SHUFFLES):
            order = list(range(len(features)))
            chance.shuffle(order)
            shuffled = features.assign(**{name: features[name].iloc[order].to_numpy()})
            shuffled[name] = shuffled[name].astype(features[name].dtype)
            value = _measured(model, task, shuffled, truth)[task.objective]
            losses.append(sign * (whole - value))
        found[str(name)] = sum(losses) / SHUFFLES
    return found


def _leave(
    job: Job, task: Task, told: Mapping[str, float], importances: Mapping[str, float]
) -> None:
    """Leave what the AutoML job is told of its candidate."""
    folder = job.root / "output/data"
    report = {
        "version": "1.0",
        "explanations": {
            "permutation_importance": {
                "objective": task.objective,
                "global_importances": dict(
                    sorted(importances.items(), key=lambda one: one[1], reverse=True)
                ),
            }
        },
    }
    candidate = {
        "problem_type": task.problem,
        "objective": task.objective,
        "metrics": told,
        "explainability": report,
    }
    (folder / "candidate.json").write_text(json.dumps(candidate), encoding="utf-8")
