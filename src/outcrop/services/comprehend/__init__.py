"""Amazon Comprehend: what texts say, by models and rules on this machine."""

from outcrop.operations import Service
from outcrop.services.comprehend import (
    classify_document,
    document_classification_jobs,
    document_classifiers,
    dominant_language,
    dominant_language_jobs,
    endpoints,
    entities,
    entities_jobs,
    key_phrases,
    key_phrases_jobs,
    personal_data,
    personal_data_jobs,
    sentiment,
    sentiment_jobs,
    syntax,
    tags,
    topics_jobs,
)
from outcrop.services.comprehend.start_up import live_blobs, resume_all

SERVICE = Service.of(
    "comprehend",
    classify_document,
    document_classification_jobs,
    document_classifiers,
    dominant_language,
    dominant_language_jobs,
    endpoints,
    entities,
    entities_jobs,
    key_phrases,
    key_phrases_jobs,
    personal_data,
    personal_data_jobs,
    sentiment,
    sentiment_jobs,
    syntax,
    tags,
    topics_jobs,
    on_start=resume_all,
    live_blobs=live_blobs,
)
