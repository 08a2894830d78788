"""A tuning job from its creation to its end, and again from where it was after a restart.

All that it knows is in records: its own, and those of its training jobs. Each step looks at them
anew, and launches a training job and counts it in one write.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-how-it-works.html
"""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from outcrop.aws.errors import ServiceError
from outcrop.jobs.optimiser import Optimiser, OptimiserError
from outcrop.jobs.runtimes import CannotInstallError
from outcrop.operations import Call
from outcrop.services.sagemaker.resources import moment
from outcrop.services.sagemaker.running.launching import LaunchingRun
from outcrop.services.sagemaker.tuning.completion import (
    failure,
    has_converged,
    is_complete,
    most_jobs,
)
from outcrop.services.sagemaker.tuning.definitions import max_resource, training_request
from outcrop.services.sagemaker.tuning.ranges import Tuned
from outcrop.services.sagemaker.tuning.stopping import Hyperband, Series, is_below_median
from outcrop.services.sagemaker.tuning.strategies import Search
from outcrop.services.sagemaker.tuning.trials import INDEX, Trial, series_of, trials_of
from outcrop.services.sagemaker.tuning.warm_start import as_parents, trials_of_parents
from outcrop.storage.records.interface import Document, Record

logger = logging.getLogger(__name__)


class TuningRun(LaunchingRun):
    """One tuning job at work."""

    def __init__(self, call: Call, job: Record) -> None:
        super().__init__(call, job)
        self._optimiser = Optimiser(call.backends.jobs.runtimes)
        self._series: dict[str, Series] = {}
        """Of jobs that have ended."""

    async def _step(self) -> None:
        trials = await trials_of(self._call, self._job)
        if "outcome" not in self._job:
            await self._decide(trials)
        running = [trial for trial in trials if not trial.has_ended]
        if not await self._close(running):
            await self._stop_early(trials)
            await self._launch(trials)

    async def _decide(self, trials: Sequence[Trial]) -> None:
        """Settle how the job ends, if it is to end now."""
        now = moment(self._call)
        if "converged" not in self._job and has_converged(trials):
            await self._apply(lambda job: {**job, "converged": now})
        if self._job["status"] == "Stopping":
            await self._settle("Stopped")
        elif (reason := failure(self._job, trials)) is not None:
            await self._settle("Failed", reason)
        elif is_complete(self._job, trials, self._call.backends.now()) or (
            self._job["launched"] >= most_jobs(self._job)
            and all(trial.has_ended for trial in trials)
        ):
            await self._settle("Completed")

    async def _stop_early(self, trials: Sequence[Trial]) -> None:
        """Stop the jobs that are not worth going on with."""
        config = self._job["config"]
        is_hyperband = config["Strategy"] == "Hyperband"
        if not is_hyperband and config.get("TrainingJobEarlyStoppingType") != "Auto":
            return
        if all(trial.has_ended for trial in trials):
            return
        series = {trial.number: await self._series_of(trial) for trial in trials}
        is_hopeless = self._is_halved if is_hyperband else _is_below_median
        await self._stop(
            [
                trial
                for trial in trials
                if not trial.has_ended and is_hopeless(trial, trials, series)
            ]
        )

    async def _series_of(self, trial: Trial) -> Series:
        known = self._series.get(trial.job.name)
        if known is None:
            known = await series_of(self._call, trial)
            if trial.has_ended:
                self._series[trial.job.name] = known
        return known

    def _is_halved(
        self, trial: Trial, trials: Sequence[Trial], series: Mapping[int, Series]
    ) -> bool:
        config = self._job["config"]
        given = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
        most = max_resource(config, self._job["definitions"][trial.definition])
        hyperband = Hyperband(given.get("MinResource", 1), most or 1)
        bracket = hyperband.bracket(trial.number)
        others = [
            series[one.number]
            for one in trials
            if one.number != trial.number and hyperband.bracket(one.number) == bracket
        ]
        own = series[trial.number]
        return hyperband.is_over(own) or hyperband.is_halved(own, others, bracket=bracket)

    async def _launch(self, trials: Sequence[Trial]) -> None:
        """Launch as many jobs as there is room for."""
        running = sum(not trial.has_ended for trial in trials)
        limits = self._job["config"]["ResourceLimits"]
        room = limits["MaxParallelTrainingJobs"] - running
        numbers = range(self._job["launched"] + 1, most_jobs(self._job) + 1)[: max(0, room)]
        try:
            for number, definition, tuned in await self._chosen(numbers, trials):
                await self._start_trial(number, definition, tuned)
        except (CannotInstallError, OptimiserError) as error:
            await self._settle("Failed", f"InternalServerError: {error}")
        except ServiceError as error:
            await self._settle("Failed", f"ClientError: {error.message}")

    async def _chosen(
        self, numbers: Sequence[int], trials: Sequence[Trial]
    ) -> Sequence[tuple[int, int, Tuned]]:
        """Return the definitions and values of the next jobs; definitions take turns."""
        if not numbers:
            return []
        definitions = len(self._job["definitions"])
        is_grid = self._job["config"]["Strategy"] == "Grid"
        turns: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for number in numbers:
            if is_grid:
                definition, place = _turn_in_grids(self._job, number)
            else:
                place, definition = divmod(number - 1, definitions)
            turns[definition].append((number, place))
        parents = as_parents(await trials_of_parents(self._call, self._job))
        chosen: list[tuple[int, int, Tuned]] = []
        for definition, taken in turns.items():
            own = [trial for trial in trials if trial.definition == definition]
            search = Search.of(self._job, definition, trials=own, parents=parents)
            say = partial(logger.info, "optimiser: %s")
            values = await search.next(self._optimiser, [place for _, place in taken], say=say)
            chosen += [
                (number, definition, tuned)
                for (number, _), tuned in zip(taken, values, strict=True)
            ]
        return sorted(chosen, key=lambda one: one[0])

    async def _start_trial(self, number: int, definition: int, tuned: Tuned) -> None:
        tuning = self._job
        given = tuning["definitions"][definition]
        name = f"{tuning['name']}-{number:03d}-{_mark(tuning['id'], number)}"
        told: Document = {
            "job": tuning["name"],
            "arn": tuning["arn"],
            "number": number,
            "definition": definition,
            "definition_name": given.get("DefinitionName"),
            "tuned": tuned,
        }
        request = training_request(given, name, tuned)
        await self._start(request, number, index=INDEX, more={"tuning": told})


def _is_below_median(trial: Trial, trials: Sequence[Trial], series: Mapping[int, Series]) -> bool:
    earlier = [series[one.number] for one in trials if one.number < trial.number]
    return is_below_median(series[trial.number], earlier)


def _turn_in_grids(tuning: Document, number: int) -> tuple[int, int]:
    """Return whose grid a job is of, and its place there: one grid after the other."""
    place = number - 1
    for definition in range(len(tuning["definitions"])):
        size = Search.of(tuning, definition).size
        if place < size:
            return definition, place
        place -= size
    raise AssertionError(number)


def _mark(tuning_id: str, number: int) -> str:
    """Return what tells a training job from one of another tuning job of the same name."""
    return hashlib.sha256(f"{tuning_id}/{number}".encode()).hexdigest()[:8]
