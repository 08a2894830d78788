"""What tells one kind of job from another; all else is the same for all of them (see `life`)."""

import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from outcrop.jobs.interface import End, Program
from outcrop.jobs.jobs import Jobs
from outcrop.operations import Call
from outcrop.services.sagemaker.resources import ResourceKind
from outcrop.services.sagemaker.running.files import JobFiles
from outcrop.storage.records.interface import Document, Record

if TYPE_CHECKING:
    from outcrop.services.sagemaker.running.life import JobRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Instances:
    """What a job runs on."""

    type: str
    count: int
    volume_gib: int | None = None
    """What each may write; `None`: whatever there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job at work."""

    call: Call
    """Acts as the job's role."""
    jobs: Jobs
    job: Document
    """`name`, `run`, `request`, `status`, `secondary`, `transitions`, `created`, `modified`, …"""
    instances: Instances
    files: JobFiles

    @property
    def hosts(self) -> Sequence[str]:
        """The names of the instances: `algo-1`, `algo-2` and so on."""
        return hosts_of(self.instances)

    @property
    def request(self) -> Mapping[str, Any]:
        """The input of the operation that created the job."""
        request: Mapping[str, Any] = self.job["request"]
        return request

    def addresses(self) -> dict[str, str]:
        """Return the loopback addresses of the instances, which no other job shares.

        All of 127.0.0.0/8 is this machine's own: those who listen on their own address do not meet.
        """
        first, second = bytes.fromhex(self.job["run"])[:2]
        return {
            host: f"127.{1 + first % 254}.{second}.{number + 1}"
            for number, host in enumerate(self.hosts)
        }


class JobKind(Protocol):
    """A kind of job."""

    resource: ResourceKind
    operation: str
    """What creates such a job."""
    is_interruptible: bool
    """Whether one that is to stop is interrupted at once, or has programs that are asked to end."""

    def instances(self, request: Mapping[str, Any]) -> Instances:
        """Return what a job runs on."""
        ...

    def image(self, job: Document) -> str:
        """Return the image that names a job's runtime."""
        ...

    async def prepare(self, work: Work) -> None:
        """Lay out what the programs find, input data included; may be repeated.

        Raises:
            JobFailedError: That is not possible.
            ServiceError: Another service refuses it.
        """
        ...

    def run(self, work: Work, job: Record) -> "JobRun":
        """Return the work on a job."""
        ...


class ProgramKind(JobKind, Protocol):
    """A kind of job that runs programs to their ends: what they find, run and leave.

    A job's request has `RoleArn`, `Environment` and `StoppingCondition`, whatever its kind.
    """

    log_group: str
    message_file: str
    """Below `/opt/ml`: where a program says why it failed."""
    silent_failure: str
    """What is said of one that does not."""

    def metrics(self, request: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
        """Return what to look for in a job's log, by the metrics' names."""
        ...

    def program(self, work: Work, host: str, credentials: Mapping[str, str]) -> Program:
        """Return the program of one instance."""
        ...

    def is_broken_by_restarts(self, request: Mapping[str, Any]) -> bool:
        """Tell whether programs cannot go on once what went on beside them has been interrupted."""
        ...

    def beside(self, work: Work) -> Sequence[Coroutine[Any, Any, None]]:
        """Return what goes on while the programs run; it is cancelled at their end."""
        ...

    async def upload(self, work: Work, ends: Sequence[End]) -> Document:
        """Put what the programs left where it belongs; may be repeated.

        Returns:
            What the job's record is to hold of it.

        Raises:
            JobFailedError: That is not possible.
            ServiceError: Another service refuses it.
        """
        ...


def hosts_of(instances: Instances) -> Sequence[str]:
    """Return the names of a job's instances."""
    return [f"algo-{number + 1}" for number in range(instances.count)]
