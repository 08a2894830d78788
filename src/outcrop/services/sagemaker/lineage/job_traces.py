"""What jobs leave in lineage: their data, images and models as artifacts, associated with them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html
"""

from collections.abc import Iterator

from outcrop.operations import Call
from outcrop.services.sagemaker.lineage.making import (
    PRODUCED,
    as_far_as_kept,
    associate,
    make_artifact,
)
from outcrop.services.sagemaker.resources import TRAINING_JOB, ResourceKind
from outcrop.services.sagemaker.tracking.job_components import component_arn, made_of, outputs_of
from outcrop.storage.records.interface import Document

IMAGE = "SageMaker.ImageUri"


async def trace(call: Call, kind: ResourceKind, job: Document) -> None:
    """Keep what a job was made of and what it has made; may be repeated."""
    component = component_arn(call, kind.name, job["name"])
    with as_far_as_kept(component):
        for uri, artifact_type in _inputs(kind, job):
            await associate(call, await make_artifact(call, uri, artifact_type), component)
        for uri, artifact_type in _outputs(kind, job):
            artifact = await make_artifact(call, uri, artifact_type)
            await associate(call, component, artifact, PRODUCED)


def _inputs(kind: ResourceKind, job: Document) -> Iterator[tuple[str, str]]:
    for name, artifact in made_of(kind, job["request"])["InputArtifacts"].items():
        yield artifact["Value"], "Image" if name == IMAGE else "DataSet"


def _outputs(kind: ResourceKind, job: Document) -> Iterator[tuple[str, str]]:
    for artifact in outputs_of(kind, job).values():
        yield artifact["Value"], "Model" if kind is TRAINING_JOB else "DataSet"
