"""The XGBoost algorithm from its first line to its last.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xgboost
from xgboost.callback import EarlyStopping, TrainingCallback

from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.training.trained import trained
from outcrop_runtime.xgboost_algorithm import models
from outcrop_runtime.xgboost_algorithm.hyperparameters import (
    DEFAULT_OBJECTIVE,
    read_hyperparameters,
)
from outcrop_runtime.xgboost_algorithm.instances import Instances, joined
from outcrop_runtime.xgboost_algorithm.metrics import MAXIMIZED, is_own, own_metrics
from outcrop_runtime.xgboost_algorithm.reading import Rows, read_channel
from outcrop_runtime.xgboost_algorithm.rounds import (
    KeepCheckpoints,
    KeepModel,
    TellMetrics,
    last_checkpoint,
)

CHANNELS = ("train", "validation", "code")
NOT_OF_XGBOOST = (
    "num_round",
    "csv_weights",
    "early_stopping_rounds",
    "eval_metric",
    "save_model_on_termination",
    "_tuning_objective_metric",
)


def main() -> int:
    """Train, and return the process's exit code."""
    return trained(_train)


def _train(job: Job) -> None:
    wanted = read_hyperparameters(job.hyperparameters)
    train, validation = _read(job, wanted)
    with joined(job.hosts, job.host) as instances:
        Boosting(job, wanted, instances).run(train, validation)


def _read(job: Job, wanted: Mapping[str, Any]) -> tuple[Rows, Rows | None]:
    """Return this instance's rows to train on, and those to validate by."""
    channels = job.channels()
    if "train" not in channels:
        raise CannotTrainError("Missing required channel: train")
    for name in channels:
        if name not in CHANNELS:
            raise CannotTrainError(f"Extraneous channel found: {name}")
    content_type = channels["train"].content_type
    has_weights = bool(wanted.get("csv_weights"))
    train = read_channel(channels["train"], content_type, has_weights=has_weights)
    if "validation" not in channels:
        return train, None
    found = read_channel(channels["validation"], content_type, has_weights=has_weights)
    return train, found


class Boosting:
    """The training of one instance."""

    def __init__(self, job: Job, wanted: Mapping[str, Any], instances: Instances) -> None:
        self._job = job
        self._wanted = wanted
        self._instances = instances
        self._metrics = _metrics(wanted)

    def run(self, train: Rows, validation: Rows | None) -> None:
        """Boost, and save the model on the first instance."""
        watched = self._matrices(train, validation)
        model, done = last_checkpoint(self._checkpoints)
        # All go on from the same one, whatever each has.
        model, done = self._instances.of_first((model, done))
        own = own_metrics(self._metrics, self._wanted.get("objective", DEFAULT_OBJECTIVE))
        given = {name: it for name, it in self._wanted.items() if name not in NOT_OF_XGBOOST}
        try:
            model = xgboost.train(
                {**given, "eval_metric": [name for name in self._metrics if not is_own(name)]},
                watched["train"],
                num_boost_round=max(0, self._wanted["num_round"] - done),
                evals=[(matrix, name) for name, matrix in watched.items()],
                custom_metric=own,
                callbacks=self._callbacks(watched, done),
                xgb_model=model,
                verbose_eval=False,
            )
        except (xgboost.core.XGBoostError, ValueError) as error:
            what = str(error).partition("\nStack trace:")[0]
            raise CannotTrainError(f"XGB train call failed with exception:\n {what}") from error
        if self._instances.rank == 0:
            models.save(model, self._job.model / models.MODEL)

    @property
    def _checkpoints(self) -> Path:
        return self._job.root / "checkpoints"

    def _matrices(self, train: Rows, validation: Rows | None) -> Mapping[str, xgboost.DMatrix]:
        parts = {"train": train}
        if validation is not None:
            parts["validation"] = validation
        width = self._instances.most(max(part.width for part in parts.values()))
        for name, part in parts.items():
            total = self._instances.total(part.count)
            if not total:
                raise CannotTrainError(f"No data in {name} channel path {self._path(name)}")
            if part.count and part.width != width and not hasattr(part.features, "tocsr"):
                raise CannotTrainError(
                    f"The channel {name} has {part.width} columns of features, others {width}."
                )
            print(
                f"{name.capitalize()} matrix has {part.count} rows and {width} columns"
                f" ({self._job.host}, {total} rows in all)",
                flush=True,
            )
        return {name: part.matrix(width) for name, part in parts.items()}

    def _path(self, channel: str) -> Path:
        return self._job.root / "input/data" / channel

    def _callbacks(
        self, watched: Mapping[str, xgboost.DMatrix], done: int
    ) -> list[TrainingCallback]:
        callbacks: list[TrainingCallback] = []
        rounds = self._wanted.get("early_stopping_rounds")
        if self._instances.rank == 0:
            callbacks.append(TellMetrics(done))
            if self._checkpoints.is_dir():
                callbacks.append(KeepCheckpoints(self._checkpoints, done))
            if self._wanted.get("save_model_on_termination") == "true":
                callbacks.append(KeepModel(self._job.model / models.MODEL))
        if rounds:
            metric = self._metrics[-1] if self._metrics else None
            callbacks.append(
                EarlyStopping(
                    rounds=rounds,
                    data_name=list(watched)[-1],
                    metric_name=metric,
                    maximize=metric.partition("@")[0] in MAXIMIZED if metric else None,
                    save_best=self._wanted.get("booster") != "gblinear",
                )
            )
        return callbacks


def _metrics(wanted: Mapping[str, Any]) -> list[str]:
    """Return what is to be measured: what is asked for, and last what a tuning job looks at."""
    metrics: list[str] = list(wanted.get("eval_metric", ()))
    objective = wanted.get("_tuning_objective_metric")
    if objective is None:
        return metrics
    name = objective.partition(":")[2]
    return [*(metric for metric in metrics if metric != name), name]
