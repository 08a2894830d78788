"""When a tuning job has done enough.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-progress.html
"""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from outcrop.services.sagemaker.tuning.trials import Objective, Trial
from outcrop.storage.records.interface import Document

SIGNIFICANT = 0.01
"""An improvement by a hundredth, as the API's documentation says."""
CONVERGED = 15
"""Jobs in a row without one, after which a search has converged. Our own choice: AWS's is not
published."""
HOPELESS = 5
"""Jobs that failed, none having succeeded: AWS's `No training job succeeded after 5 attempts.`"""
MOST_JOBS = 750
"""If a request names no number: AWS's own limit.

Source: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
"""


def most_jobs(tuning: Document) -> int:
    """Return how many jobs a tuning job launches at most."""
    number: int = tuning["config"]["ResourceLimits"].get("MaxNumberOfTrainingJobs", MOST_JOBS)
    return number


def not_improving(trials: Sequence[Trial]) -> int:
    """Return how many jobs have ended since the last that was better than all by a hundredth."""
    ended = sorted(trials, key=lambda trial: (trial.ended_at, trial.number))
    values = [trial.goodness for trial in ended if trial.goodness is not None]
    best, count = -math.inf, 0
    for value in values:
        if _is_significant(value, best):
            best, count = value, 0
        else:
            count += 1
    return count


def has_converged(trials: Sequence[Trial]) -> bool:
    """Tell whether further jobs are unlikely to improve on the best."""
    return not_improving(trials) >= CONVERGED


def is_complete(tuning: Document, trials: Sequence[Trial], now: datetime) -> bool:
    """Tell whether a tuning job meets one of its criteria while jobs could still be launched."""
    config = tuning["config"]
    criteria: Mapping[str, Any] = config.get("TuningJobCompletionCriteria", {})
    longest = config["ResourceLimits"].get("MaxRuntimeInSeconds")
    if longest is not None and (now - tuning["created"]).total_seconds() >= longest:
        return True
    target = criteria.get("TargetObjectiveMetricValue")
    if target is not None and any(_reaches(trial, target) for trial in trials):
        return True
    stale = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
    if stale is not None and not_improving(trials) >= stale:
        return True
    converging = criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence")
    return converging == "Enabled" and has_converged(trials)


def failure(tuning: Document, trials: Sequence[Trial]) -> str | None:
    """Return why a tuning job fails; `None` if it need not."""
    if any(trial.objective_status == "Succeeded" for trial in trials):
        return None
    failed = [trial for trial in trials if trial.objective_status == "Failed"]
    if len(failed) >= HOPELESS:
        return (
            f"No training job succeeded after {HOPELESS} attempts. Please take a look at the"
            " training job failures to get more details."
        )
    if failed and len(failed) == len(trials) == most_jobs(tuning):
        return (
            "All training jobs failed. Please take a look at the training job failures to get"
            " more details."
        )
    return None


def _reaches(trial: Trial, target: float) -> bool:
    objective: Objective = trial.objective
    return trial.goodness is not None and trial.goodness >= objective.goodness(target)


def _is_significant(value: float, best: float) -> bool:
    return best == -math.inf or value - best >= max(SIGNIFICANT * abs(best), math.ulp(best))
