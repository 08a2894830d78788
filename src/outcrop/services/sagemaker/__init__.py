"""Amazon SageMaker: training jobs that train."""

from outcrop.operations import Service
from outcrop.services.sagemaker import tags, training_jobs
from outcrop.services.sagemaker.jobs import empty, resume

SERVICE = Service.of("sagemaker", training_jobs, tags, on_start=resume, on_reset=empty)
