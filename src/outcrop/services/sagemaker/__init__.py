"""Amazon SageMaker: jobs that run."""

from outcrop.operations import Service
from outcrop.services.sagemaker import (
    experiments,
    processing_jobs,
    tags,
    training_jobs,
    trial_components,
    trials,
)
from outcrop.services.sagemaker.jobs import empty, resume

SERVICE = Service.of(
    "sagemaker",
    training_jobs,
    processing_jobs,
    experiments,
    trials,
    trial_components,
    tags,
    on_start=resume,
    on_reset=empty,
)
