"""Amazon Transcribe: speech in files to text, with vocabularies and filters."""

from outcrop.operations import Backends, Service
from outcrop.operations.service_jobs import resume
from outcrop.services.transcribe import tags, transcription_jobs, vocabularies, vocabulary_filters
from outcrop.services.transcribe.transcribing import FAMILY


async def _resume(backends: Backends) -> None:
    await resume(backends, FAMILY)


SERVICE = Service.of(
    "transcribe", transcription_jobs, vocabularies, vocabulary_filters, tags, on_start=_resume
)
