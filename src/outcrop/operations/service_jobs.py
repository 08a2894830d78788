"""Jobs that a service does itself, beside requests: what `Start…` and `Create…` operations begin.

A job is a record whose state is written before each step. A server that starts goes on with the
jobs that had not ended, from their beginnings: their work writes its results at its end, under keys
that are the job's own, so that doing it twice changes nothing. The record is changed only while it
says what the worker last read; who stops a job wins over who ends it.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from outcrop.aws.errors import ServiceError
from outcrop.engines.workers.engine import EngineError
from outcrop.operations.background import call_without_request
from outcrop.operations.call import Call
from outcrop.operations.event_delivery import deliver_soon
from outcrop.operations.records import change, every
from outcrop.storage.records.interface import (
    Create,
    Document,
    Record,
    RecordNotFoundError,
    Scope,
    Write,
)

if TYPE_CHECKING:
    from outcrop.operations.backends import Backends

TOKEN = "token"  # noqa: S105 - the name of an index
AT_ONCE = 2
"""Jobs of one family that work at the same time; the others wait."""


class JobFailedError(Exception):
    """The job as a whole cannot go on; the message is the caller's."""


class JobInterruptedError(Exception):
    """A request stopped the job, or has ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStates:
    """AWS's words for the states of a family's jobs."""

    waiting: str
    """Not begun."""
    working: str
    done: str
    failed: str
    stopping: str = ""
    """Empty, as is `stopped`: such jobs cannot be stopped."""
    stopped: str = ""

    def is_ended(self, state: str) -> bool:
        """Tell whether a job in this state changes no more."""
        return state not in (self.waiting, self.working, self.stopping)


@dataclass(slots=True)
class ServiceJob:
    """One job at work."""

    call: Call
    record: Record
    _family: "JobFamily"

    @property
    def id(self) -> str:
        """The name of its record."""
        return self.record.name

    @property
    def document(self) -> Document:
        """What is known of it; see `submit`."""
        return self.record.document

    async def note(self, **members: Any) -> None:
        """Keep something of a job at work, its progress for example.

        Raises:
            JobInterruptedError: It is to stop.
            RecordNotFoundError: It has gone.
        """
        await self._move(self.document["status"], **members)

    async def until_stopped(self, doing: Awaitable[None]) -> bool:
        """Do a part of the work, and tell whether it came to its end before a request stopped it.

        For work that writes, when it is stopped, what it has done. A job is interrupted so once: a
        server that shuts down interrupts all of the work, as ever.

        Raises:
            RecordNotFoundError: It has gone.
        """
        try:
            await doing
        except asyncio.CancelledError:
            now = await self.call.backends.records.get(self.record.scope, self.id)
            if now.document["status"] != self._family.states.stopping:
                raise
            return False
        return True

    async def _move(
        self,
        status: str,
        *,
        also: Callable[[Document], Sequence[Write]] | None = None,
        **members: Any,
    ) -> None:
        before = self.document["status"]

        def changed(document: Document) -> Document:
            if document["status"] != before:
                raise JobInterruptedError
            return {**document, **members, "status": status, "updated": self.call.backends.now()}

        self.record = await change(
            self.call.backends.records,
            self.record.scope,
            self.id,
            changed,
            indexes=self._family.indexes,
            also=also,
        )

    async def run(self) -> None:
        """Bring the job to its end; see `JobFamily.work`.

        Raises:
            JobInterruptedError: A request stopped it.
            RecordNotFoundError: It has gone.
        """
        states, now = self._family.states, self.call.backends.now
        if self.document["status"] != states.working:
            await self._move(states.working, started=now())
        try:
            members = await self._family.work(self)
        except (ServiceError, EngineError, JobFailedError) as error:
            message = error.message if isinstance(error, ServiceError) else str(error)
            await self._end(states.failed, message=message)
            return
        await self._end(states.done, **members)

    async def end_as_stopped(self) -> None:
        """Write down that a job which was to stop has done so.

        Raises:
            RecordNotFoundError: It has gone.
        """
        await self._end(self._family.states.stopped)

    async def _end(self, status: str, **members: Any) -> None:
        family = self._family
        ended = {"ended": self.call.backends.now(), **members}
        await self._move(status, also=partial(family.news, self), **ended)
        deliver_soon(self.call.backends)
        if family.on_end is not None:
            await family.on_end(self)


Work = Callable[[ServiceJob], Awaitable[Mapping[str, Any]]]
"""Does a job's work and returns what its record gets besides; it may be begun again, and be
interrupted anywhere (see also `ServiceJob.until_stopped`). `ServiceError`, `EngineError` and
`JobFailedError` fail the job."""


def no_indexes(_document: Document) -> Mapping[str, str]:
    """Return no secondary keys."""
    return {}


def no_news(_job: ServiceJob, _document: Document) -> Sequence[Write]:
    """Return nothing to write."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFamily:
    """The jobs of one kind of one service."""

    service: str
    """botocore's name of the service."""
    kind: str
    """Of the records: `entities-detection-job`."""
    operation: str
    """That begins them: `StartEntitiesDetectionJob`."""
    states: JobStates
    work: Work
    news: Callable[[ServiceJob, Document], Sequence[Write]] = no_news
    """Returns what is written in one batch with a job's end, given its new document: the events
    that tell of it, for `event_delivery`."""
    on_end: Callable[[ServiceJob], Awaitable[None]] | None = None
    """Called when a job has ended, to tidy up; if it is interrupted, it is not called again."""
    index: Callable[[Document], Mapping[str, str]] = no_indexes
    """Secondary keys of a job's document, by which lists are filtered."""
    at_once: int = AT_ONCE

    def scope(self, call: Call) -> Scope:
        """Return where the jobs of the caller's account and region are."""
        return Scope(call.account, call.region, self.service, self.kind)

    def indexes(self, document: Document) -> Mapping[str, str]:
        """Return all secondary keys of a job's document."""
        token = {TOKEN: document["token"]} if document.get("token") else {}
        return {**self.index(document), **token}

    def task(self, job: Record) -> str:
        """Return the name of the background task that works on a job."""
        place = job.scope
        return f"{self.service}/{self.kind}/{place.account}/{place.region}/{job.name}"


async def submit(
    call: Call,
    family: JobFamily,
    job_id: str,
    document: Mapping[str, Any],
    *,
    token: str = "",
    also: Sequence[Write] = (),
) -> Record:
    """Keep a new job, begin it and return it, or the one that an earlier request's token made.

    Args:
        call: Who asks.
        family: What kind of job it is.
        job_id: The name of its record.
        document: What its work needs to know. `status`, `created`, `updated`, `token` are added
            here; `started`, `ended` and, of one that fails, `message` later. The role that the
            service takes on for it, an ARN, is its `role`.
        token: A request that has the token of an earlier one begins nothing; empty: none.
        also: What is written in one batch with a new job, and what it stands or falls with.

    Raises:
        RecordExistsError: There is a job of this id.
        StaleRecordError: `also` replaces a record that others wrote since.
    """
    if (made := await made_by(call, family, token)) is not None:
        return made
    now = call.backends.now()
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)  # As answers tell it.
    whole = {
        **document,
        "status": family.states.waiting,
        "created": now,
        "updated": now,
        "token": token,
    }
    create = Create(
        scope=family.scope(call), name=job_id, document=whole, indexes=family.indexes(whole)
    )
    written = await call.backends.records.write(create, *also)
    job = next(filter(None, written))
    start(call.backends, family, job)
    return job


async def made_by(call: Call, family: JobFamily, token: str) -> Record | None:
    """Return the job that a request with this token began, if there is one."""
    if not token:
        return None
    scope = family.scope(call)
    made = await call.backends.records.list(scope, index=(TOKEN, token), limit=1)
    return made[0] if made else None


def start(backends: "Backends", family: JobFamily, job: Record) -> None:
    """Let a job that has not ended go on in the background, from wherever it is."""
    if job.document["status"] == family.states.stopping:
        work = partial(_stop, backends, family, job)
        backends.background.start_instead(f"{family.task(job)}/stop", work, of=family.task(job))
    else:
        backends.background.start(family.task(job), partial(_run, backends, family, job))


async def stop(call: Call, family: JobFamily, job: Record) -> Record:
    """Have a job stopped, unless it has ended, and return what its record says now.

    Raises:
        RecordNotFoundError: It has gone.
    """
    states = family.states

    def stopping(document: Document) -> Document:
        if states.is_ended(document["status"]):
            return document
        return {**document, "status": states.stopping, "updated": call.backends.now()}

    job = await change(call.backends.records, job.scope, job.name, stopping, indexes=family.indexes)
    if job.document["status"] == states.stopping:
        start(call.backends, family, job)
    return job


async def resume(backends: "Backends", *families: JobFamily) -> None:
    """Go on with all jobs that had not ended; for a service's `on_start`."""
    for family in families:
        for place in await backends.records.scopes(service=family.service, kind=family.kind):
            async for job in every(backends.records, place):
                if not family.states.is_ended(job.document["status"]):
                    start(backends, family, job)


async def _run(backends: "Backends", family: JobFamily, job: Record) -> None:
    async with (
        backends.background.turn(f"{family.service}/{family.kind}", family.at_once),
        _one(backends, family, job) as at_work,
    ):
        if at_work.document["status"] in (family.states.waiting, family.states.working):
            await at_work.run()


async def _stop(backends: "Backends", family: JobFamily, job: Record) -> None:
    async with _one(backends, family, job) as stopping:
        if stopping.document["status"] == family.states.stopping:
            await stopping.end_as_stopped()


@contextlib.asynccontextmanager
async def _one(backends: "Backends", family: JobFamily, job: Record) -> AsyncGenerator[ServiceJob]:
    call = call_without_request(
        backends,
        service=family.service,
        operation=family.operation,
        account=job.scope.account,
        region=job.scope.region,
        role=job.document.get("role", ""),
    )
    # Whoever stopped a job sees to its end; whoever emptied the account wants none.
    with contextlib.suppress(JobInterruptedError, RecordNotFoundError):
        yield ServiceJob(call, await backends.records.get(job.scope, job.name), family)
