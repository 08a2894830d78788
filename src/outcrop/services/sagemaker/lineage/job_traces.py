"""What jobs leave in lineage: their data, images and models as artifacts, associated with them.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html
"""

import contextlib
from collections.abc import Iterator

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.sagemaker.lineage.entities import ARTIFACTS, id_of
from outcrop.services.sagemaker.lineage.graph import connect
from outcrop.services.sagemaker.resources import TRAINING_JOB, ResourceKind, arn_of
from outcrop.services.sagemaker.tracking.job_components import component_arn, made_of, outputs_of
from outcrop.storage.records.interface import Document, RecordExistsError

IMAGE = "SageMaker.ImageUri"


async def trace(call: Call, kind: ResourceKind, job: Document) -> None:
    """Keep what a job was made of and what it has made; may be repeated.

    What cannot be kept, since somebody has deleted the job's component, is left out.
    """
    component = component_arn(call, kind.name, job["name"])
    with contextlib.suppress(ServiceError):
        for uri, artifact_type in _inputs(kind, job):
            await _associate(call, await _artifact(call, uri, artifact_type), component)
        for uri, artifact_type in _outputs(kind, job):
            artifact = await _artifact(call, uri, artifact_type)
            await _associate(call, component, artifact, "Produced")


def _inputs(kind: ResourceKind, job: Document) -> Iterator[tuple[str, str]]:
    for name, artifact in made_of(kind, job["request"])["InputArtifacts"].items():
        yield artifact["Value"], "Image" if name == IMAGE else "DataSet"


def _outputs(kind: ResourceKind, job: Document) -> Iterator[tuple[str, str]]:
    for artifact in outputs_of(kind, job).values():
        yield artifact["Value"], "Model" if kind is TRAINING_JOB else "DataSet"


async def _artifact(call: Call, uri: str, artifact_type: str) -> str:
    """Return the ARN of the artifact of a URI, which is made if there is none."""
    source = {"SourceUri": uri}
    name = id_of(source)
    with contextlib.suppress(ServiceError):  # It is there already.
        request = {"Source": source, "ArtifactType": artifact_type}
        await ARTIFACTS.create(call, request, name=name)
    return arn_of(call, ARTIFACTS.kind, name)


async def _associate(
    call: Call, source: str, destination: str, kind: str = "ContributedTo"
) -> None:
    with contextlib.suppress(RecordExistsError):
        await connect(call, source, destination, kind)
