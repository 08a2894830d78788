"""Bedrock Runtime: models that answer, whole or as they speak."""

from outcrop.operations import Service
from outcrop.services.bedrock_runtime import (
    async_invoke,
    bidirectional,
    converse,
    count_tokens,
    invoke_model,
    native_routes,
)
from outcrop.services.bedrock_runtime.async_invoke_runs import resume

SERVICE = Service.of(
    "bedrock-runtime",
    async_invoke,
    bidirectional,
    converse,
    count_tokens,
    invoke_model,
    native_routes,
    on_start=resume,
)
