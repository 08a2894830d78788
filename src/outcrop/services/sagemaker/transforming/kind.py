"""What a transform job does that other jobs do not.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker.hosting.checks import container_of
from outcrop.services.sagemaker.resources import TRANSFORM_JOB
from outcrop.services.sagemaker.running.kind import Instances, Work
from outcrop.services.sagemaker.transforming.life import TransformRun, prepare_model
from outcrop.storage.records.interface import Document, Record


class TransformKind:
    """Implements `outcrop.services.sagemaker.running.kind.JobKind`."""

    resource = TRANSFORM_JOB
    operation = "CreateTransformJob"
    is_interruptible = True

    def instances(self, request: Mapping[str, Any]) -> Instances:
        """See `JobKind.instances`."""
        given = request["TransformResources"]
        return Instances(type=given["InstanceType"], count=given["InstanceCount"])

    def image(self, job: Document) -> str:
        """See `JobKind.image`."""
        image: str = container_of(job["model"])["Image"]
        return image

    def run(self, work: Work, job: Record) -> TransformRun:
        """See `JobKind.run`."""
        return TransformRun(self, work, job)

    async def prepare(self, work: Work) -> None:
        """See `JobKind.prepare`."""
        await prepare_model(work)
