"""What a processing job does that other jobs do not.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/processing-job.html
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from outcrop.jobs.interface import End, Program
from outcrop.services.sagemaker.lineage.job_traces import trace
from outcrop.services.sagemaker.processing import contract
from outcrop.services.sagemaker.processing.messages import exit_message
from outcrop.services.sagemaker.processing.outputs import is_continuous, s3_outputs, upload_of
from outcrop.services.sagemaker.processing.paths import below_root
from outcrop.services.sagemaker.resources import PROCESSING_JOB
from outcrop.services.sagemaker.running.downloads import download
from outcrop.services.sagemaker.running.kind import Instances, Work
from outcrop.services.sagemaker.running.objects import no_objects
from outcrop.services.sagemaker.running.programs_run import ProgramsRun
from outcrop.storage.records.interface import Document, Record


class ProcessingKind:
    """Implements `outcrop.services.sagemaker.running.kind.ProgramKind`."""

    resource = PROCESSING_JOB
    operation = "CreateProcessingJob"
    log_group = "/aws/sagemaker/ProcessingJobs"
    is_interruptible = False
    message_file = "output/message"
    silent_failure = "See job logs for more information"

    def instances(self, request: Mapping[str, Any]) -> Instances:
        """See `JobKind.instances`."""
        given = request["ProcessingResources"]["ClusterConfig"]
        return Instances(
            type=given["InstanceType"],
            count=given["InstanceCount"],
            volume_gib=given["VolumeSizeInGB"],
        )

    def image(self, job: Document) -> str:
        """See `JobKind.image`."""
        image: str = job["request"]["AppSpecification"]["ImageUri"]
        return image

    def run(self, work: Work, job: Record) -> ProgramsRun:
        """See `JobKind.run`."""
        return ProgramsRun(self, work, job)

    def metrics(self, request: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
        """See `ProgramKind.metrics`."""
        del request
        return {}

    async def prepare(self, work: Work) -> None:
        """See `JobKind.prepare`."""
        for one in contract.inputs(work.request):
            source = one["S3Input"]
            path = below_root(source["LocalPath"])
            number = await download(
                work.call,
                source,
                folders=[work.files.instance(host) / path for host in work.hosts],
                is_gzip=source.get("S3CompressionType") == "Gzip",
                what=f"input {one['InputName']}",
            )
            if not number:
                raise no_objects(work.call, source)
        for host in work.hosts:
            await asyncio.to_thread(contract.lay_out, work, host)

    def program(self, work: Work, host: str, credentials: Mapping[str, str]) -> Program:
        """See `ProgramKind.program`."""
        return contract.program(work, host, credentials)

    def is_broken_by_restarts(self, request: Mapping[str, Any]) -> bool:
        """See `ProgramKind.is_broken_by_restarts`."""
        del request
        return False

    def beside(self, work: Work) -> Sequence[Coroutine[Any, Any, None]]:
        """See `ProgramKind.beside`."""
        return [
            upload_of(work, host, one).keep_uploading()
            for host in work.hosts
            for one in s3_outputs(work.request)
            if is_continuous(one)
        ]

    async def upload(self, work: Work, ends: Sequence[End]) -> Document:
        """See `ProgramKind.upload`; one that fails uploads what it would while it runs, too."""
        has_succeeded = all(end.reason == "exited" and not end.exit_code for end in ends)
        for one in s3_outputs(work.request):
            if has_succeeded or is_continuous(one):
                for host in work.hosts:
                    await upload_of(work, host, one).upload()
        if has_succeeded:
            await trace(work.call, self.resource, work.job)
        message = await asyncio.to_thread(exit_message, work)
        return {"exit_message": message} if message else {}
