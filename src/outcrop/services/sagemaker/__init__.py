"""Amazon SageMaker: jobs that run."""

from outcrop.operations import Service
from outcrop.services.sagemaker import (
    actions,
    artifacts,
    associations,
    contexts,
    experiments,
    lineage_groups,
    processing_jobs,
    query_lineage,
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
    actions,
    artifacts,
    associations,
    contexts,
    lineage_groups,
    query_lineage,
    tags,
    on_start=resume,
    on_reset=empty,
)
