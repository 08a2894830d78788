"""SageMaker Runtime: endpoints that are asked."""

from outcrop.operations import Service
from outcrop.services.sagemaker_runtime import (
    invoke_endpoint,
    invoke_endpoint_with_response_stream,
)

SERVICE = Service.of("sagemaker-runtime", invoke_endpoint, invoke_endpoint_with_response_stream)
