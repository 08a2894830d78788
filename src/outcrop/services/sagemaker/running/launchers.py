"""Jobs that launch training jobs, in the background: begun, gone on with after a restart, ended."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from outcrop.operations import Backends, Call
from outcrop.operations.background import call_without_request
from outcrop.operations.records import every
from outcrop.services.sagemaker.resources import ResourceKind
from outcrop.services.sagemaker.running.states import ENDED
from outcrop.storage.records.interface import Record, RecordNotFoundError


def _no_role(job: Mapping[str, Any]) -> str:
    del job
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launchers:
    """All jobs of one kind."""

    kind: ResourceKind
    operation: str
    """That begins one."""
    go: Callable[[Call, Record], Coroutine[Any, Any, None]]
    """Brings one to its end, from wherever it is."""
    role_of: Callable[[Mapping[str, Any]], str] = _no_role
    """What one acts as, by its document; without a role it is the account's root."""

    def start(self, backends: Backends, job: Record) -> None:
        """Let a job go on in the background."""
        backends.background.start(_task(job), partial(self._run, backends, job))

    async def resume(self, backends: Backends) -> None:
        """Go on with all jobs that had not ended."""
        for place in await backends.records.scopes(service="sagemaker", kind=self.kind.name):
            async for job in every(backends.records, place):
                if job.document["status"] not in ENDED:
                    self.start(backends, job)

    async def empty(self, backends: Backends, account: str) -> None:
        """End the jobs of an account that is being emptied."""
        for place in await backends.records.scopes(
            service="sagemaker", kind=self.kind.name, account=account
        ):
            async for job in every(backends.records, place):
                backends.background.cancel(_task(job))

    async def _run(self, backends: Backends, job: Record) -> None:
        call = call_without_request(
            backends,
            service="sagemaker",
            operation=self.operation,
            account=job.scope.account,
            region=job.scope.region,
            role=self.role_of(job.document),
        )
        try:
            await self.go(call, job)
        except RecordNotFoundError:
            return  # The account was emptied.


def _task(job: Record) -> str:
    return f"sagemaker/{job.scope.kind}/{job.scope.account}/{job.scope.region}/{job.name}"
