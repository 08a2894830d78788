"""The training jobs of a tuning job, and what they have come to.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobSummary.html
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from outcrop.operations import Call
from outcrop.operations.trial_metrics import data_of
from outcrop.services.sagemaker.listings import all_of
from outcrop.services.sagemaker.resources import TRAINING_JOB
from outcrop.services.sagemaker.running.life import INTERNAL
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.services.sagemaker.tracking.job_components import component_arn
from outcrop.services.sagemaker.tuning.ranges import Tuned
from outcrop.storage.records.interface import Document, Record

INDEX = "tuning-job"
"""The secondary key by which training jobs are found."""


@dataclass(frozen=True, slots=True)
class Objective:
    """What a definition's jobs are measured by."""

    metric: str
    type: Literal["Maximize", "Minimize"]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Objective":
        """Return the objective that a request has."""
        return cls(given["MetricName"], given["Type"])

    def goodness(self, value: float) -> float:
        """Return a number that is the higher the better."""
        return value if self.type == "Maximize" else -value


@dataclass(frozen=True, slots=True)
class Trial:
    """One training job of a tuning job."""

    job: Record
    objective: Objective

    @property
    def number(self) -> int:
        """Its place among those of the tuning job, from 1."""
        number: int = self.job.document["tuning"]["number"]
        return number

    @property
    def definition(self) -> int:
        """Which of the tuning job's definitions it is made by."""
        place: int = self.job.document["tuning"]["definition"]
        return place

    @property
    def tuned(self) -> Tuned:
        """The values that it tries."""
        tuned: Tuned = self.job.document["tuning"]["tuned"]
        return tuned

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.job.document["status"] in ENDED

    @property
    def ended_at(self) -> datetime:
        """When it was over, if it is."""
        ended: datetime = self.job.document.get("ended", self.job.document["modified"])
        return ended

    @property
    def value(self) -> float | None:
        """The last value of its objective, if it has ended well and told one."""
        document = self.job.document
        if document["status"] not in ("Completed", "Stopped"):
            return None
        found: float | None = document["metrics"].get(self.objective.metric, {}).get("Value")
        return found if found is not None and math.isfinite(found) else None

    @property
    def goodness(self) -> float | None:
        """Its value, the higher the better."""
        return None if self.value is None else self.objective.goodness(self.value)

    @property
    def objective_status(self) -> Literal["Succeeded", "Pending", "Failed"]:
        """Whether its value counts."""
        if not self.has_ended:
            return "Pending"
        return "Failed" if self.value is None else "Succeeded"


def objectives_of(tuning: Document) -> Sequence[Objective]:
    """Return the objective of each of a tuning job's definitions."""
    return [Objective.of(one["TuningObjective"]) for one in tuning["definitions"]]


async def trials_of(call: Call, tuning: Document) -> Sequence[Trial]:
    """Return the training jobs of a tuning job in the order in which they were launched."""
    objectives = objectives_of(tuning)
    jobs = await all_of(call, TRAINING_JOB, index=(INDEX, tuning["id"]))
    places: list[int] = [job.document["tuning"]["definition"] for job in jobs]
    trials = [Trial(job, objectives[place]) for job, place in zip(jobs, places, strict=True)]
    return sorted(trials, key=lambda trial: trial.number)


async def series_of(call: Call, trial: Trial) -> Sequence[float]:
    """Return what a job has told of its objective, each value once, the higher the better."""
    arn = component_arn(call, TRAINING_JOB.name, trial.job.name)
    data = await data_of(
        call.backends.records, call.account, call.region, arn, trial.objective.metric
    )
    # A log's lines may be delivered twice where a server died: see `JobLog.follow`.
    told = dict.fromkeys((one["Timestamp"], one["Value"]) for one in data)
    return [trial.objective.goodness(value) for _, value in told if math.isfinite(value)]


def best_of(trials: Iterable[Trial]) -> Trial | None:
    """Return the best of those that count; of equals, the earliest."""
    counted = [(trial.goodness, trial) for trial in trials if trial.goodness is not None]
    return max(counted, key=lambda one: one[0])[1] if counted else None


def status_counters(trials: Sequence[Trial]) -> Mapping[str, int]:
    """Return how many jobs are in which state."""
    counters: dict[str, int] = dict.fromkeys(
        ("Completed", "InProgress", "RetryableError", "NonRetryableError", "Stopped"), 0
    )
    for trial in trials:
        match trial.job.document["status"]:
            case "Failed":
                failure: str = trial.job.document.get("failure", "")
                is_internal = failure.startswith(INTERNAL)
                counters["RetryableError" if is_internal else "NonRetryableError"] += 1
            case "Completed" | "Stopped" as status:
                counters[status] += 1
            case _:
                counters["InProgress"] += 1
    return counters


def objective_counters(trials: Sequence[Trial]) -> Mapping[str, int]:
    """Return of how many jobs the objective counts, does not yet, and does not."""
    counters: dict[str, int] = dict.fromkeys(("Succeeded", "Pending", "Failed"), 0)
    for trial in trials:
        counters[trial.objective_status] += 1
    return counters
