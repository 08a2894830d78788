"""What a training job does that other jobs do not.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/how-it-works-training.html
"""

import asyncio
import re
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from outcrop.jobs.interface import End, Program
from outcrop.services.sagemaker.lineage.job_traces import trace
from outcrop.services.sagemaker.resources import TRAINING_JOB
from outcrop.services.sagemaker.running.downloads import download
from outcrop.services.sagemaker.running.kind import Instances, Work
from outcrop.services.sagemaker.running.objects import no_objects
from outcrop.services.sagemaker.running.programs_run import ProgramsRun
from outcrop.services.sagemaker.training import checkpoints, contract, pipes
from outcrop.services.sagemaker.training.artifacts import upload
from outcrop.services.sagemaker.training.modes import PIPE, mode_of
from outcrop.storage.records.interface import Document, Record


class TrainingKind:
    """Implements `outcrop.services.sagemaker.running.kind.ProgramKind`."""

    resource = TRAINING_JOB
    operation = "CreateTrainingJob"
    log_group = "/aws/sagemaker/TrainingJobs"
    is_interruptible = False
    message_file = "output/failure"
    silent_failure = ""

    def instances(self, request: Mapping[str, Any]) -> Instances:
        """See `JobKind.instances`."""
        given = request["ResourceConfig"]
        return Instances(
            type=given["InstanceType"],
            count=given["InstanceCount"],
            volume_gib=given.get("VolumeSizeInGB") or None,
        )

    def image(self, job: Document) -> str:
        """See `JobKind.image`."""
        image: str = job["request"]["AlgorithmSpecification"]["TrainingImage"]
        return image

    def run(self, work: Work, job: Record) -> ProgramsRun:
        """See `JobKind.run`."""
        return ProgramsRun(self, work, job)

    def metrics(self, request: Mapping[str, Any]) -> Mapping[str, re.Pattern[str]]:
        """See `ProgramKind.metrics`."""
        definitions = request["AlgorithmSpecification"].get("MetricDefinitions", [])
        return {one["Name"]: re.compile(one["Regex"]) for one in definitions}

    async def prepare(self, work: Work) -> None:
        """See `JobKind.prepare`."""
        for channel in work.request.get("InputDataConfig", []):
            if mode_of(channel, work.request) == PIPE:
                await pipes.prepare(work, channel)
            else:
                await _download(work, channel)
        await checkpoints.restore(work)
        for host in work.hosts:
            await asyncio.to_thread(contract.lay_out, work, host)

    def program(self, work: Work, host: str, credentials: Mapping[str, str]) -> Program:
        """See `ProgramKind.program`."""
        return contract.program(work, host, credentials)

    def is_broken_by_restarts(self, request: Mapping[str, Any]) -> bool:
        """See `ProgramKind.is_broken_by_restarts`: a pipe ends when nobody fills it any more."""
        return any(
            mode_of(channel, request) == PIPE for channel in request.get("InputDataConfig", [])
        )

    def beside(self, work: Work) -> Sequence[Coroutine[Any, Any, None]]:
        """See `ProgramKind.beside`."""
        feeding = [
            pipes.PipeFeeder(work, channel, host).feed()
            for channel in work.request.get("InputDataConfig", [])
            if mode_of(channel, work.request) == PIPE
            for host in work.hosts
        ]
        return [*feeding, *(upload.keep_uploading() for upload in checkpoints.uploads(work))]

    async def upload(self, work: Work, ends: Sequence[End]) -> Document:
        """See `ProgramKind.upload`."""
        for checkpoint in checkpoints.uploads(work):
            await checkpoint.upload()
        await upload(work)
        await trace(work.call, self.resource, work.job)
        return {}


async def _download(work: Work, channel: Mapping[str, Any]) -> None:
    name, source = channel["ChannelName"], channel["DataSource"]["S3DataSource"]
    is_sharded = source.get("S3DataDistributionType") == "ShardedByS3Key"
    hosts = work.hosts if is_sharded else [None]
    number = await download(
        work.call,
        source,
        folders=[work.files.channel(name, host) for host in hosts],
        is_gzip=channel.get("CompressionType") == "Gzip",
        may_link=True,  # What a program changes, only it sees: see `contract`.
        what=f"channel {name}",
    )
    if not number:
        raise no_objects(work.call, source)
