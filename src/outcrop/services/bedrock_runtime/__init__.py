"""Bedrock Runtime: models that answer, whole or as they speak."""

from outcrop.operations import Service
from outcrop.services.bedrock_runtime import converse, invoke_model

SERVICE = Service.of("bedrock-runtime", converse, invoke_model)
