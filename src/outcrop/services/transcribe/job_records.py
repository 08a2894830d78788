"""What jobs of all kinds have in common: how they begin, what is told of them, how they go.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_TranscriptionJob.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.operations import Call
from outcrop.operations.service_jobs import JobFamily, submit
from outcrop.operations.tags import to_list
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.places import as_service, service_bucket, url_of
from outcrop.services.transcribe.resources import ResourceKind, delete, find
from outcrop.storage.records.interface import Document, Record, RecordExistsError

URIS = (("transcript", "TranscriptFileUri"), ("redacted", "RedactedTranscriptFileUri"))
"""What `Transcript` tells of where a job's documents are."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of jobs."""

    kind: ResourceKind
    family: JobFamily
    prefix: str
    """Of the members that tell of one: `TranscriptionJob`."""

    async def begin(self, call: Call, name: str, document: Mapping[str, Any]) -> Record:
        """Begin a job and return its record.

        Raises:
            ServiceError: The name is taken.
        """
        try:
            return await submit(call, self.family, name, document)
        except RecordExistsError as error:
            raise shapes.ConflictException(self.kind.taken) from error

    def status(self, document: Document) -> str:
        """Return AWS's state of a job: only those that may be deferred are told to be queued."""
        states, status = self.family.states, document["status"]
        is_waiting = status == states.waiting
        return states.working if is_waiting and not _is_deferred(document) else status

    def told(self, call: Call, record: Record) -> dict[str, Any]:
        """Return what is told of a job."""
        document = record.document
        results = document.get("results", {})
        told: dict[str, Any] = {
            f"{self.prefix}Name": record.name,
            f"{self.prefix}Status": self.status(document),
            "CreationTime": document["created"],
            **document["asked"],
            **results.get("found", {}),
        }
        if told[f"{self.prefix}Status"] != self.family.states.waiting:
            told["StartTime"] = document.get("started", document["created"])
        if "ended" in document:
            told["CompletionTime"] = document["ended"]
        if "message" in document:
            told["FailureReason"] = document["message"]
        if document["tags"]:
            told["Tags"] = to_list(document["tags"])
        uris = {member: url_of(call, *results[name]) for name, member in URIS if name in results}
        if uris:
            told["Transcript"] = uris
        return told

    async def delete(self, call: Call, name: str) -> None:
        """Delete a job that has ended, and what lies of it in the service-managed bucket.

        Raises:
            ServiceError: There is none, or it has not ended.
        """
        record = await find(call, self.kind, name)
        if not self.family.states.is_ended(record.document["status"]):
            raise shapes.BadRequestException(
                "The requested job can't be deleted because it's still in progress."
            )
        await delete(call, self.kind, name)
        service = as_service(call)
        for bucket, key in _files(record.document):
            if bucket == service_bucket(call.region):
                await service.ask("s3", "DeleteObject", Bucket=bucket, Key=key)


def _files(document: Document) -> list[tuple[str, str]]:
    """Return the places of all that a job wrote."""
    found = document.get("results", {})
    places = [*(found.get(name) for name, _ in URIS), *found.get("subtitles", [])]
    return [(place[0], place[1]) for place in places if place]


def _is_deferred(document: Document) -> bool:
    execution = document["asked"].get("JobExecutionSettings", {})
    return bool(execution.get("AllowDeferredExecution"))
