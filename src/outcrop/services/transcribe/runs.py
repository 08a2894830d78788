"""What the work of jobs of all kinds has in common: who listens, how a job ends, where it writes.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.language_codes import scored
from outcrop.engines.speech_to_text.interface import Recording, SoundFormat, Transcriber
from outcrop.operations import Call
from outcrop.operations.backends import Engines
from outcrop.operations.service_jobs import JobFailedError, JobFamily, JobStates, ServiceJob
from outcrop.services.transcribe.media import check_sound, recording_of
from outcrop.services.transcribe.places import as_service, make_service_bucket, service_bucket
from outcrop.services.transcribe.resources import SERVICE, ResourceKind

NO_SPEECH = (
    "Your audio file must have a speech segment long enough in duration to perform automatic"
    " language identification. Provide an audio file with someone speaking for a longer period of"
    " time and try your request again."
)
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Run(ABC):
    """One job at work on its recording."""

    job: ServiceJob
    recording: Recording

    @abstractmethod
    async def go(self) -> dict[str, Any]:
        """Write what comes of the recording, and return where that is and what was found.

        Raises:
            JobFailedError: Nothing can come of it.
        """

    @property
    def asked(self) -> Mapping[str, Any]:
        """What the request said."""
        return self.job.document["asked"]

    @property
    def settings(self) -> Mapping[str, Any]:
        """Its `Settings`."""
        return self.asked.get("Settings", {})

    @property
    def engines(self) -> Engines:
        """Those that work for the job."""
        return self.job.call.backends.engines

    @property
    def transcriber(self) -> Transcriber:
        """Who listens."""
        return self.engines.transcriber

    async def inspect(self) -> SoundFormat:
        """Return what the recording is made of.

        Raises:
            JobFailedError: Its rate is not one that is taken, or not the one that was told.
        """
        sound = await self.transcriber.inspect(self.recording)
        check_sound(sound, self.asked)
        return sound

    async def identify(self, options: Sequence[str]) -> list[tuple[str, float]]:
        """Return the language codes that may be spoken with their scores, the likeliest first.

        Args:
            options: Those that are possible; empty: all are.

        Raises:
            JobFailedError: Nobody speaks.
        """
        codes = scored(await self.transcriber.identify(self.recording), options)
        if not codes:
            raise JobFailedError(NO_SPEECH)
        return codes

    async def writer(self, bucket: str) -> Call:
        """Return the call that writes to a bucket, which is there then if it is the service's."""
        call = self.job.call
        if bucket == service_bucket(call.region):
            call = as_service(call)
            await make_service_bucket(call)
        return call


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return a document as it is written."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def family_of(
    kind: ResourceKind, operation: str, run: Callable[[ServiceJob, Recording], Run]
) -> JobFamily:
    """Return the family of a kind of jobs.

    Args:
        kind: Of their records.
        operation: Which begins them.
        run: Makes the work of one.
    """

    async def work(job: ServiceJob) -> Mapping[str, Any]:
        async with recording_of(job) as recording:
            return {"results": await run(job, recording).go()}

    return JobFamily(
        service=SERVICE,
        kind=kind.name,
        operation=operation,
        states=JobStates(
            waiting="QUEUED", working="IN_PROGRESS", done="COMPLETED", failed="FAILED"
        ),
        work=work,
    )
