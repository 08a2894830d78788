"""Amazon Bedrock's control plane: models, inference profiles, batch jobs, guardrails, settings."""

from outcrop.operations import Service
from outcrop.services.bedrock import (
    foundation_models,
    guardrails,
    inference_profiles,
    invocation_jobs,
    invocation_logging,
    model_access,
    prompt_routers,
    provisioned_throughput,
    tags,
)
from outcrop.services.bedrock.start_up import resume

SERVICE = Service.of(
    "bedrock",
    foundation_models,
    model_access,
    inference_profiles,
    provisioned_throughput,
    prompt_routers,
    guardrails,
    invocation_logging,
    invocation_jobs,
    tags,
    on_start=resume,
)
