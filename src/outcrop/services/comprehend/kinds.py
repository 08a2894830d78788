"""All kinds of what has tags, for those who treat them alike: tags, and the server's start."""

from outcrop.services.comprehend import (
    document_classification_jobs,
    document_classifiers,
    dominant_language_jobs,
    entities_jobs,
    entity_recognizers,
    key_phrases_jobs,
    personal_data_jobs,
    sentiment_jobs,
    targeted_sentiment_jobs,
    topics_jobs,
)
from outcrop.services.comprehend.flywheel.resources import DATASETS, FLYWHEELS
from outcrop.services.comprehend.models.custom_models import CustomModels
from outcrop.services.comprehend.models.endpoint_kinds import ENDPOINT_KINDS

JOBS = (
    document_classification_jobs.JOBS,
    dominant_language_jobs.JOBS,
    entities_jobs.JOBS,
    key_phrases_jobs.JOBS,
    personal_data_jobs.JOBS,
    sentiment_jobs.JOBS,
    targeted_sentiment_jobs.JOBS,
    topics_jobs.JOBS,
)

MODELS = (document_classifiers.MODELS, entity_recognizers.MODELS)
RESOURCES = (*MODELS, *ENDPOINT_KINDS, FLYWHEELS, DATASETS)
"""What is no job."""


def models_of(arn: str) -> CustomModels:
    """Return the kind of models that an ARN, of any account, names one of."""
    return next(each for each in MODELS if f":{each.kind}/" in arn)
