"""Artifacts of lineage: create, describe, list, update, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateArtifact.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.entities import with_changed_maps
from outcrop.services.sagemaker.lineage.entities import ARTIFACTS, MAPS, id_of, listed, told
from outcrop.services.sagemaker.lineage.graph import check_is_alone
from outcrop.services.sagemaker.resources import ARTIFACT, find, remove


@operation("CreateArtifact")
async def create_artifact(
    call: Call, request: shapes.CreateArtifactRequest
) -> shapes.CreateArtifactResponse:
    """Make an artifact, the only one of its source."""
    artifact = await ARTIFACTS.create(call, request, name=id_of(request["Source"]))
    return ARTIFACTS.arn_answer(call, artifact)


@operation("DescribeArtifact")
async def describe_artifact(
    call: Call, request: shapes.DescribeArtifactRequest
) -> shapes.DescribeArtifactResponse:
    """Answer with an artifact."""
    return told(call, ARTIFACTS, await ARTIFACTS.find(call, request))


@operation("ListArtifacts")
async def list_artifacts(
    call: Call, request: shapes.ListArtifactsRequest
) -> shapes.ListArtifactsResponse:
    """Answer with the artifacts that pass all filters."""
    return await listed(call, ARTIFACTS, request)


@operation("UpdateArtifact")
async def update_artifact(
    call: Call, request: shapes.UpdateArtifactRequest
) -> shapes.UpdateArtifactResponse:
    """Give an artifact another name or other properties."""
    artifact = await ARTIFACTS.find(call, request)
    changes = ARTIFACTS.given(request)
    await ARTIFACTS.update(call, artifact, lambda given: with_changed_maps(given, changes, MAPS))
    return ARTIFACTS.arn_answer(call, artifact)


@operation("DeleteArtifact")
async def delete_artifact(
    call: Call, request: shapes.DeleteArtifactRequest
) -> shapes.DeleteArtifactResponse:
    """Delete an artifact that nothing is associated with, by its ARN or its source."""
    if ("ArtifactArn" in request) == ("Source" in request):
        raise ValidationError("Either ArtifactArn or Source must be specified, and not both.")
    source = request.get("Source")
    name = id_of(source) if source else request.get("ArtifactArn", "")
    artifact = await find(call, ARTIFACT, name)
    await check_is_alone(call, ARTIFACTS.arn_of(call, artifact))
    await remove(call, artifact)
    return ARTIFACTS.arn_answer(call, artifact)
