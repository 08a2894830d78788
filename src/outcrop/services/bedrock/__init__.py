"""Amazon Bedrock's control plane: models, inference profiles, batch jobs, guardrails, settings."""

from outcrop.operations import Service
from outcrop.services.bedrock import (
    foundation_models,
    inference_profiles,
    model_access,
    tags,
)

SERVICE = Service.of(
    "bedrock",
    foundation_models,
    model_access,
    inference_profiles,
    tags,
)
