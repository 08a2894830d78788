"""Bedrock Runtime: models that answer, whole or as they speak."""

from outcrop.operations import Service
from outcrop.services.bedrock_runtime import converse, count_tokens, invoke_model, native_routes

SERVICE = Service.of("bedrock-runtime", converse, count_tokens, invoke_model, native_routes)
