"""Amazon SageMaker Metrics: what runs measure, step by step."""

from outcrop.operations import Service
from outcrop.services.sagemaker_metrics import metrics

SERVICE = Service.of("sagemaker-metrics", metrics)
