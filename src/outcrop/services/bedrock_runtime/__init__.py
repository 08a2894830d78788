"""Bedrock Runtime: models that answer, whole or as they speak."""

from outcrop.operations import Service
from outcrop.services.bedrock_runtime import (
    anthropic_messages,
    async_invoke,
    bidirectional,
    chat_completions,
    converse,
    count_tokens,
    invoke_model,
    openai_embeddings,
)
from outcrop.services.bedrock_runtime.quirks import BedrockRuntimeQuirks
from outcrop.services.bedrock_runtime.responses_api import routes
from outcrop.services.bedrock_runtime.start_up import resume

SERVICE = Service.of(
    "bedrock-runtime",
    anthropic_messages,
    async_invoke,
    bidirectional,
    chat_completions,
    converse,
    count_tokens,
    invoke_model,
    openai_embeddings,
    routes,
    quirks=BedrockRuntimeQuirks(),
    on_start=resume,
)
