"""One job that launches training jobs, from its creation to its end or from where it was.

All that it knows is in records: its own, and those of its training jobs. Each step looks at them
anew, and launches a training job and counts it in one write.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.operations.records import change
from outcrop.services.sagemaker.resources import TRAINING_JOB, add, arn_of, moment
from outcrop.services.sagemaker.running import operations, supervision
from outcrop.services.sagemaker.running.failures import LONGEST_FAILURE
from outcrop.services.sagemaker.running.states import ENDED, new_job
from outcrop.services.sagemaker.tracking.job_components import tracking
from outcrop.services.sagemaker.training.kind import TrainingKind
from outcrop.storage.records.interface import Document, Record, Replace, StaleRecordError

LOOK_SECONDS = 0.5
"""Between two looks at the training jobs."""
KIND = TrainingKind()
logger = logging.getLogger(__name__)


class Launched(Protocol):
    """A training job that was launched."""

    @property
    def job(self) -> Record:
        """What is kept of it."""
        ...


class LaunchingRun:
    """A job at work that launches others. What it launches, and when it ends, kinds add (`_step`).

    Once its document has an `outcome`, nothing more is launched: `_close` brings it to its end.
    """

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
            await self._read()
            if self._job["status"] in ENDED:
                return
            with contextlib.suppress(StaleRecordError):  # Look at it again: it has changed.
                await self._step()
                await asyncio.sleep(LOOK_SECONDS)

    async def _step(self) -> None:
        """Look at the training jobs, and do what is to be done now."""
        raise NotImplementedError

    async def _settle(self, outcome: str, reason: str = "", **more: str) -> None:
        """Let the job end so, as soon as its training jobs have."""
        settled: Document = {"outcome": outcome, **more}
        if reason:
            settled["failure"] = reason[:LONGEST_FAILURE]
        await self._apply(lambda job: {**job, **settled})

    async def _close(self, running: Sequence[Launched]) -> bool:
        """Stop what runs, or end the job, if it is settled how; tell whether it is."""
        if "outcome" not in self._job:
            return False
        await self._stop(running)
        if not running:
            now = moment(self._call)
            ended = {**self._ended(), "ended": now, "modified": now}
            await self._apply(lambda job: {**job, **ended})
        return True

    def _ended(self) -> Document:
        """Return what tells how the job has ended."""
        return {"status": self._job["outcome"]}

    async def _stop(self, running: Sequence[Launched]) -> None:
        for one in running:
            if one.job.document["status"] != "Stopping":
                with contextlib.suppress(ServiceError):  # It has ended meanwhile, or gone.
                    await operations.stop(self._call, KIND, one.job)

    async def _start(
        self,
        request: Mapping[str, Any],
        number: int,
        *,
        index: str,
        more: Document,
        told: Document | None = None,
    ) -> None:
        """Launch a training job; it and its number are written together.

        Args:
            request: As CreateTrainingJob takes it.
            number: Its place among those that the job has launched, from 1.
            index: The secondary key by which the job's training jobs are found.
            more: What the training job's document holds beside that of others.
            told: What the job's own document is to hold from now on.

        Raises:
            ServiceError: It cannot be made.
            StaleRecordError: The job that launches it has changed.
        """
        call, ours = self._call, self._job
        name, role = request["TrainingJobName"], request["RoleArn"]
        document: Document = {
            **new_job(call, name, request, tags=ours["tags"], role=role),
            "endpoint_url": ours["endpoint_url"],
            **more,
        }
        counted = Replace(
            record=self._record,
            document={**ours, **(told or {}), "launched": number, "modified": moment(call)},
        )
        component = await tracking(call, TRAINING_JOB, document)
        found_by = {index: ours["id"]}
        job = await add(call, TRAINING_JOB, name, document, counted, *component, indexes=found_by)
        await self._read()
        supervision.start(call.backends, KIND, job)
        logger.info("%s launched %s", ours["name"], arn_of(call, TRAINING_JOB, name))

    async def _read(self) -> None:
        records = self._call.backends.records
        self._record = await records.get(self._record.scope, self._record.name)

    async def _apply(self, changed: Callable[[Document], Document]) -> None:
        records = self._call.backends.records
        self._record = await change(records, self._record.scope, self._record.name, changed)
