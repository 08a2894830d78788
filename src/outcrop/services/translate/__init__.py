"""Amazon Translate: texts and documents in other languages, by engines of this machine."""

from outcrop.operations import Service
from outcrop.services.translate import (
    documents,
    jobs,
    languages,
    parallel_data,
    tags,
    terminologies,
    text,
)
from outcrop.services.translate.job_results import live_blobs
from outcrop.services.translate.quirks import TranslateQuirks
from outcrop.services.translate.start_up import resume

SERVICE = Service.of(
    "translate",
    documents,
    jobs,
    languages,
    parallel_data,
    tags,
    terminologies,
    text,
    quirks=TranslateQuirks(),
    on_start=resume,
    live_blobs=live_blobs,
)
