"""Amazon Textract: what documents say, and how they are laid out, by models on this machine."""

from outcrop.operations import Service
from outcrop.services.textract import (
    adapter_versions,
    adapters,
    document_analysis,
    document_analysis_jobs,
    expenses,
    identity,
    lending,
    tags,
    text_detection,
    text_detection_jobs,
)
from outcrop.services.textract.start_up import live_blobs, resume

SERVICE = Service.of(
    "textract",
    text_detection,
    text_detection_jobs,
    document_analysis,
    document_analysis_jobs,
    expenses,
    identity,
    lending,
    adapters,
    adapter_versions,
    tags,
    on_start=resume,
    live_blobs=live_blobs,
)
