"""What happens after each round: its metrics are told, models are kept.

Source: https://github.com/aws/sagemaker-xgboost-container (checkpointing.py)
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xgboost import Booster
from xgboost.callback import TrainingCallback

from outcrop_runtime.xgboost_algorithm import models

CHECKPOINT = "xgboost-checkpoint"
MOST_CHECKPOINTS = 5
TAB = "#011"
"""How a tab looks in the logs of AWS's container: metric definitions look for it."""


class TellMetrics(TrainingCallback):
    """Prints the metrics of a round: `[0]#011train-rmse:0.50000#011validation-rmse:0.60000`."""

    def __init__(self, first_round: int) -> None:
        self._first_round = first_round

    def after_iteration(
        self, model: Any, epoch: int, evals_log: Mapping[str, Mapping[str, Sequence[Any]]]
    ) -> bool:
        """Print; never stop."""
        told = [
            f"{TAB}{data}-{name}:{values[-1]:.5f}"
            for data, metrics in evals_log.items()
            for name, values in metrics.items()
        ]
        print(f"[{self._first_round + epoch}]{''.join(told)}", flush=True)
        return False


class KeepModel(TrainingCallback):
    """Writes the model as it is after a round, so that a job that is stopped leaves one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Write; never stop."""
        models.save(model, self._path)
        return False


class KeepCheckpoints(TrainingCallback):
    """Writes a checkpoint after each round, and deletes all but the last ones."""

    def __init__(self, folder: Path, first_round: int) -> None:
        self._folder = folder
        self._first_round = first_round

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Write and delete; never stop."""
        number = self._first_round + epoch
        models.save(model, self._folder / f"{CHECKPOINT}.{number}")
        (self._folder / f"{CHECKPOINT}.{number - MOST_CHECKPOINTS}").unlink(missing_ok=True)
        return False


def last_checkpoint(folder: Path) -> tuple[Booster | None, int]:
    """Return the model to go on from, and how many rounds it has."""
    found = [
        (int(path.suffix[1:]), path)
        for path in folder.glob(f"{CHECKPOINT}.*")
        if re.fullmatch(r"\.\d+", path.suffix)
    ]
    if not found:
        return None, 0
    number, path = max(found)
    print(f"Checkpoint loaded from {path}: resuming from iteration {number + 1}", flush=True)
    return models.load(path), number + 1
