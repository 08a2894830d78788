"""Amazon Transcribe: speech in files to text, with vocabularies and filters, and calls analysed."""

from outcrop.operations import Backends, Service
from outcrop.operations.service_jobs import resume
from outcrop.services.transcribe import (
    call_analytics_categories,
    call_analytics_jobs,
    tags,
    transcription_jobs,
    vocabularies,
    vocabulary_filters,
)
from outcrop.services.transcribe.calls import analyzing
from outcrop.services.transcribe.transcribing import FAMILY


async def _resume(backends: Backends) -> None:
    await resume(backends, FAMILY, analyzing.FAMILY)


SERVICE = Service.of(
    "transcribe",
    transcription_jobs,
    vocabularies,
    vocabulary_filters,
    call_analytics_jobs,
    call_analytics_categories,
    tags,
    on_start=_resume,
)
