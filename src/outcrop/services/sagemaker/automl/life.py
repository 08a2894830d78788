"""An AutoML job from its creation to its end, and again from where it was after a restart.

All that it knows is in records: its own, and those of its candidates' training jobs.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/autopilot-automate-model-development.html
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.services.sagemaker.automl.candidates import (
    INDEX,
    Candidate,
    candidates_of,
    most_candidates,
    result_of,
    training_request,
)
from outcrop.services.sagemaker.automl.tasks import TABULAR
from outcrop.services.sagemaker.resources import TRAINING_JOB, add, moment
from outcrop.services.sagemaker.running import operations, supervision
from outcrop.services.sagemaker.running.failures import LONGEST_FAILURE
from outcrop.services.sagemaker.running.states import ENDED, new_job
from outcrop.services.sagemaker.tracking.job_components import tracking
from outcrop.services.sagemaker.training.contract import with_metrics
from outcrop.services.sagemaker.training.kind import TrainingKind
from outcrop.storage.records.interface import Document, Record, Replace, StaleRecordError

LOOK_SECONDS = 0.5
"""Between two looks at the training jobs."""
AT_ONCE = 4
"""Candidates that are trained, or wait for their turn, at a time."""
KIND = TrainingKind()
logger = logging.getLogger(__name__)


class AutoMLRun:
    """One AutoML job at work."""

    def __init__(self, call: Call, job: Record) -> None:
        self._call = call
        self._record = job

    @property
    def _job(self) -> Document:
        return self._record.document

    async def go(self) -> None:
        """Bring the job to its end.

        Raises:
            RecordNotFoundError: It has gone.
        """
        while True:
            records = self._call.backends.records
            self._record = await records.get(self._record.scope, self._record.name)
            if self._job["status"] in ENDED:
                return
            with contextlib.suppress(StaleRecordError):  # Look at it again: it has changed.
                await self._step()
                await asyncio.sleep(LOOK_SECONDS)

    async def _step(self) -> None:
        candidates = await candidates_of(self._call, self._job)
        for candidate in candidates:
            await self._hear(candidate)
        candidates = await candidates_of(self._call, self._job)
        running = [one for one in candidates if not one.has_ended]
        if "outcome" not in self._job:
            await self._decide(candidates, running)
        if "outcome" in self._job:
            await self._stop(running)
            if not running:
                await self._end()
            return
        await self._launch(len(running))

    async def _hear(self, candidate: Candidate) -> None:
        """Keep what a candidate has come to."""
        name = candidate.job.name
        is_told = candidate.result is not None or name in self._job["troubles"]
        status = candidate.job.document["status"]
        if is_told or status not in ("Completed", "Failed"):
            return
        member, told = "troubles", candidate.job.document.get("failure", "")
        if status == "Completed":
            try:
                member, told = "results", await result_of(self._call, self._job, candidate)
            except (ServiceError, ValueError) as error:
                told = f"{name} cannot be told: {error}"
        await self._apply(lambda job: {**job, member: {**job[member], name: told}})

    async def _decide(self, candidates: Sequence[Candidate], running: Sequence[Candidate]) -> None:
        """Settle how the job ends, if it is to end now."""
        config = self._job["table"]["AutoMLProblemTypeConfig"][TABULAR]
        criteria = config.get("CompletionCriteria", {})
        longest = criteria.get("MaxAutoMLJobRuntimeInSeconds")
        age = (self._call.backends.now() - self._job["created"]).total_seconds()
        if self._job["status"] == "Stopping":
            await self._settle("Stopped", "Stopped")
        elif longest is not None and age >= longest:
            await self._settle("Completed", "MaxAutoMLJobRuntimeReached")
        elif self._job["launched"] >= most_candidates(self._job) and not running:
            reached = "MaxCandidatesReached" if "MaxCandidates" in criteria else "Completed"
            await self._settle("Completed", reached)

    async def _settle(self, outcome: str, secondary: str, reason: str = "") -> None:
        settled: Document = {"outcome": outcome, "outcome_secondary": secondary}
        if reason:
            settled["failure"] = reason[:LONGEST_FAILURE]
        await self._apply(lambda job: {**job, **settled})

    async def _end(self) -> None:
        """End the job; one that has completed without any model has failed."""
        now = moment(self._call)
        ended: Document = {
            "status": self._job["outcome"],
            "secondary": self._job["outcome_secondary"],
            "ended": now,
            "modified": now,
        }
        if ended["status"] == "Completed" and not self._job["results"]:
            reasons = list(self._job["troubles"].values())
            why = reasons[0] if reasons else "The time limit was too short for any of them."
            ended |= {
                "status": "Failed",
                "secondary": "Failed",
                "failure": f"No candidate could be trained. {why}"[:LONGEST_FAILURE],
            }
        await self._apply(lambda job: {**job, **ended})

    async def _stop(self, candidates: Sequence[Candidate]) -> None:
        for candidate in candidates:
            if candidate.job.document["status"] != "Stopping":
                with contextlib.suppress(ServiceError):  # It has ended meanwhile, or gone.
                    await operations.stop(self._call, KIND, candidate.job)

    async def _launch(self, running: int) -> None:
        """Launch as many candidates as there is room for."""
        numbers = range(self._job["launched"] + 1, most_candidates(self._job) + 1)
        try:
            for number in numbers[: max(0, AT_ONCE - running)]:
                await self._start(number)
        except ServiceError as error:
            await self._settle("Failed", "Failed", f"ClientError: {error.message}")

    async def _start(self, number: int) -> None:
        """Launch a candidate's training job; it and its number are written together.

        Raises:
            ServiceError: It cannot be made.
            StaleRecordError: The AutoML job has changed.
        """
        call, automl = self._call, self._job
        request = with_metrics(training_request(automl, number))
        name, role = request["TrainingJobName"], request["RoleArn"]
        document: Document = {
            **new_job(call, name, request, tags=automl["tags"], role=role),
            "endpoint_url": automl["endpoint_url"],
            "automl": {"arn": automl["arn"], "number": number},
        }
        counted = Replace(
            record=self._record,
            document={
                **automl,
                "launched": number,
                "secondary": "TrainingModels",
                "modified": moment(call),
            },
        )
        component = await tracking(call, TRAINING_JOB, document)
        index = {INDEX: automl["id"]}
        job = await add(call, TRAINING_JOB, name, document, counted, *component, indexes=index)
        self._record = await call.backends.records.get(self._record.scope, self._record.name)
        supervision.start(call.backends, KIND, job)
        logger.info("%s launched %s", automl["name"], name)

    async def _apply(self, changed: Callable[[Document], Document]) -> None:
        records = self._call.backends.records
        self._record = await change(records, self._record.scope, self._record.name, changed)
