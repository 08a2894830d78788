"""What a compilation job does that other jobs do not.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-job-compilation.html
"""

import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from outcrop.jobs.interface import End, Program
from outcrop.services.sagemaker.compiling import artifacts, contract
from outcrop.services.sagemaker.resources import COMPILATION_JOB
from outcrop.services.sagemaker.running.errors import JobFailedError
from outcrop.services.sagemaker.running.kind import Instances, Work
from outcrop.services.sagemaker.running.programs_run import ProgramsRun
from outcrop.storage.records.interface import Document, Record

INSTANCE_TYPE = "ml.c5.4xlarge"
"""What a model is compiled on; AWS does not tell its own."""
VOLUME_GIB = 50


class CompilationKind:
    """Implements `outcrop.services.sagemaker.running.kind.ProgramKind`."""

    resource = COMPILATION_JOB
    operation = "CreateCompilationJob"
    log_group = "/aws/sagemaker/CompilationJobs"
    is_interruptible = False
    message_file = f"{contract.OUTPUT}/{artifacts.FAILURE}"
    silent_failure = "See job logs for more information"

    def instances(self, request: Mapping[str, Any]) -> Instances:
        """See `JobKind.instances`."""
        del request
        return Instances(type=INSTANCE_TYPE, count=1, volume_gib=VOLUME_GIB)

    def image(self, job: Document) -> str:
        """See `JobKind.image`."""
        return contract.image(job["request"])

    def run(self, work: Work, job: Record) -> ProgramsRun:
        """See `JobKind.run`."""
        return ProgramsRun(self, work, job)

    def metrics(self, request: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
        """See `ProgramKind.metrics`."""
        del request
        return {}

    async def prepare(self, work: Work) -> None:
        """See `JobKind.prepare`."""
        for host in work.hosts:
            await contract.lay_out(work, host)

    def program(self, work: Work, host: str, credentials: Mapping[str, str]) -> Program:
        """See `ProgramKind.program`: one that reaches nobody needs no credentials."""
        del credentials
        return contract.program(work, host)

    def is_broken_by_restarts(self, request: Mapping[str, Any]) -> bool:
        """See `ProgramKind.is_broken_by_restarts`."""
        del request
        return False

    def beside(self, work: Work) -> Sequence[Coroutine[Any, Any, None]]:
        """See `ProgramKind.beside`."""
        del work
        return []

    async def upload(self, work: Work, ends: Sequence[End]) -> Document:
        """See `ProgramKind.upload`; what a program says of its failure is the whole reason."""
        (host,), (end,) = work.hosts, ends
        if end.reason != "exited":
            return {}
        if end.exit_code == 0:
            return await artifacts.upload(work, host)
        if reason := artifacts.said(work, host):
            raise JobFailedError(reason)
        return {}
