"""What all detection jobs share: they are started, described, listed and stopped alike.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_StartEntitiesDetectionJob.html
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.operations.service_jobs import JobFamily, JobStates, Work, stop, submit
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.documents import PER_LINE
from outcrop.services.comprehend.jobs.leftovers import remove_leftovers
from outcrop.services.comprehend.lists import check_filter, newest_first
from outcrop.services.comprehend.tagging import checked_tags
from outcrop.storage.records.interface import Document, Record, Scope

STATES = JobStates(
    waiting="SUBMITTED",
    working="IN_PROGRESS",
    done="COMPLETED",
    failed="FAILED",
    stopping="STOP_REQUESTED",
    stopped="STOPPED",
)
TOLD = (
    "JobName",
    "InputDataConfig",
    "DataAccessRoleArn",
    "LanguageCode",
    "VolumeKmsKeyId",
    "VpcConfig",
    "Mode",
    "RedactionConfig",
    "NumberOfTopics",
    "DocumentClassifierArn",
    "EntityRecognizerArn",
    "FlywheelArn",
)
"""Members of requests that are told again."""


@dataclass(frozen=True, slots=True)
class DetectionJobs:
    """One kind of detection job."""

    noun: str
    """As operations have it: `EntitiesDetectionJob`."""
    kind: str
    """As ARNs have it: `entities-detection-job`."""
    code: str
    """As the folders of results have it: `NER`."""
    work: Work
    result: str = "output.tar.gz"
    """The name of the file of results; empty: there are several."""
    family: JobFamily = field(init=False)

    def __post_init__(self) -> None:
        # One archive is there whole or not at all; of several files some may be missing.
        kept = (STATES.done, STATES.stopped) if self.result else (STATES.done,)
        family = JobFamily(
            service="comprehend",
            kind=self.kind,
            operation=f"Start{self.noun}",
            states=STATES,
            work=self.work,
            on_end=partial(remove_leftovers, kept=kept),
        )
        object.__setattr__(self, "family", family)

    async def start(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Begin a job.

        Raises:
            InvalidRequestException: The language has no model, or a place in S3 is none.
        """
        _check_language(call, request)
        job_id = secrets.token_hex(16)
        kept = {name: request[name] for name in TOLD if name in request}
        document = {
            "request": {
                **kept,
                "InputDataConfig": {"InputFormat": PER_LINE, **kept["InputDataConfig"]},
            },
            "output_config": request["OutputDataConfig"],
            "output": self._output(call, request["OutputDataConfig"]["S3Uri"], job_id),
            "role": request["DataAccessRoleArn"],
            "tags": checked_tags(request.get("Tags", [])),
        }
        token = request.get("ClientRequestToken", "")
        job = await submit(call, self.family, job_id, document, token=token)
        return {
            "JobId": job.name,
            "JobArn": self.arn(call, job.name),
            "JobStatus": job.document["status"],
        }

    async def describe(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Answer with all that is known of a job."""
        job = await self.find(call, request["JobId"])
        return {f"{self.noun}Properties": self._told(call, job)}

    async def list(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Answer with the jobs that pass the filter, the newest first."""
        chosen: Mapping[str, Any] = request.get("Filter", {})
        check_filter(chosen)
        jobs = [
            job
            async for job in every(call.backends.records, self.scope(call))
            if _passes(job.document, chosen)
        ]
        page = newest_first(jobs, chosen, request, after="SubmitTimeAfter")
        told = [self._told(call, job) for job in page.items]
        return page.answer(f"{self.noun}PropertiesList", told)

    async def stop(self, call: Call, request: Mapping[str, Any]) -> Any:
        """Have a job stopped.

        Raises:
            InvalidRequestException: It has ended already, and not by being stopped.
        """
        job = await self.find(call, request["JobId"])
        if (status := job.document["status"]) in (STATES.done, STATES.failed):
            raise shapes.InvalidRequestException(
                f"The job {job.name} is {status}: only jobs that have not ended can be stopped."
            )
        job = await stop(call, self.family, job)
        return {"JobId": job.name, "JobStatus": job.document["status"]}

    async def find(self, call: Call, job_id: str) -> Record:
        """Return a job.

        Raises:
            JobNotFoundException: There is none of this id.
        """
        job = await call.backends.records.find(self.scope(call), job_id)
        if job is None:
            raise shapes.JobNotFoundException(
                "The specified job was not found. Check the job ID and try again."
            )
        return job

    def scope(self, call: Call) -> Scope:
        """Return where the caller's jobs are."""
        return self.family.scope(call)

    def arn(self, call: Call, name: str) -> str:
        """Return a job's ARN."""
        return call.arn(f"{self.kind}/{name}", service="comprehend")

    def _output(self, call: Call, uri: str, job_id: str) -> str:
        bucket, prefix = bucket_and_key(uri)
        folder = f"{prefix.rstrip('/')}/" if prefix.strip("/") else ""
        folder += f"{call.account}-{self.code}-{job_id}/output/"
        return f"s3://{bucket}/{folder}{self.result}"

    def _told(self, call: Call, job: Record) -> dict[str, Any]:
        document = job.document
        told = {
            "JobId": job.name,
            "JobArn": self.arn(call, job.name),
            "JobStatus": document["status"],
            "SubmitTime": document["created"],
            **document["request"],
            "OutputDataConfig": {**document["output_config"], "S3Uri": document["output"]},
        }
        if "ended" in document:
            told["EndTime"] = document["ended"]
        if "message" in document:
            told["Message"] = document["message"]
        return told


def _check_language(call: Call, request: Mapping[str, Any]) -> None:
    if "EntityRecognizerArn" in request:  # Whose language the job has, whatever it names.
        return
    language = request.get("LanguageCode")
    known = call.backends.engines.text_analysis.languages
    if language is not None and language not in known:
        raise shapes.InvalidRequestException(
            f"No model on this server reads the language {language}; {', '.join(sorted(known))}"
            " are read."
        )


def _passes(document: Document, chosen: Mapping[str, Any]) -> bool:
    name, status = chosen.get("JobName"), chosen.get("JobStatus")
    return (name is None or document["request"].get("JobName") == name) and (
        status is None or document["status"] == status
    )
