"""What model packages leave in lineage: an artifact each, a context for their group, approvals.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html,
the SageMaker SDK, sagemaker/lineage/action.py (ModelPackageApprovalAction)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.lineage.making import (
    ASSOCIATED,
    as_far_as_kept,
    associate,
    make_action,
    make_artifact,
    make_context,
)
from outcrop.services.sagemaker.resources import MODEL_PACKAGE, MODEL_PACKAGE_GROUP, arn_of
from outcrop.storage.records.interface import Record


async def trace_group(call: Call, group: str) -> str:
    """Return the ARN of a group's context, which is made if there is none."""
    arn = arn_of(call, MODEL_PACKAGE_GROUP, group)
    return await make_context(call, f"{group}-aws-model-group", "ModelGroup", arn)


async def trace_package(call: Call, package: Record) -> None:
    """Keep what a package is made of and what group it is in; may be repeated."""
    arn = arn_of(call, MODEL_PACKAGE, package.name)
    given: Mapping[str, Any] = package.document["given"]
    with as_far_as_kept(arn):
        artifact = await make_artifact(call, arn, "Model")
        if "group" in package.document:
            context = await trace_group(call, package.document["group"])
            await associate(call, artifact, context, ASSOCIATED)
        await trace_approval(call, package, given.get("ModelApprovalStatus"))
        containers: Sequence[Mapping[str, Any]] = given.get("InferenceSpecification", {}).get(
            "Containers", []
        )
        for container in containers:
            for name, artifact_type in (("Image", "Image"), ("ModelDataUrl", "Model")):
                if container.get(name):
                    part = await make_artifact(call, container[name], artifact_type)
                    await associate(call, part, artifact)


async def trace_approval(call: Call, package: Record, status: str | None) -> None:
    """Keep that somebody has set a package's approval; may be repeated."""
    if status is None:
        return
    arn = arn_of(call, MODEL_PACKAGE, package.name)
    moment = int(call.backends.now().timestamp())
    with as_far_as_kept(arn):
        artifact = await make_artifact(call, arn, "Model")
        name = f"{package.name.replace('/', '-')}-{status}-{moment}-aws-model-package"
        action = await make_action(call, name, "Approval", arn, "Completed")
        await associate(call, artifact, action)
