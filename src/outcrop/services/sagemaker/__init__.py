"""Amazon SageMaker: jobs that run."""

from outcrop.operations import Service
from outcrop.services.sagemaker import (
    actions,
    artifacts,
    associations,
    contexts,
    endpoint_configs,
    endpoints,
    experiments,
    lineage_groups,
    models,
    processing_jobs,
    query_lineage,
    tags,
    training_jobs,
    trial_components,
    trials,
)
from outcrop.services.sagemaker.start_up import empty, resume

SERVICE = Service.of(
    "sagemaker",
    training_jobs,
    processing_jobs,
    models,
    endpoint_configs,
    endpoints,
    experiments,
    trials,
    trial_components,
    artifacts,
    contexts,
    actions,
    associations,
    query_lineage,
    lineage_groups,
    tags,
    on_start=resume,
    on_reset=empty,
)
