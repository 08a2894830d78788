"""SageMaker Runtime: endpoints that are asked."""

from outcrop.operations import Service
from outcrop.services.sagemaker_runtime import invoke_endpoint

SERVICE = Service.of("sagemaker-runtime", invoke_endpoint)
