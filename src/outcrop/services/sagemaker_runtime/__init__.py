"""SageMaker Runtime: endpoints that are asked."""

from outcrop.operations import Service
from outcrop.services.sagemaker_runtime import (
    invoke_endpoint,
    invoke_endpoint_async,
    invoke_endpoint_with_response_stream,
)
from outcrop.services.sagemaker_runtime.queue import resume

SERVICE = Service.of(
    "sagemaker-runtime",
    invoke_endpoint,
    invoke_endpoint_async,
    invoke_endpoint_with_response_stream,
    on_start=resume,
)
