"""What endpoints leave in lineage: a context, and an action for each deployment.

Images, model data and packages contribute to the deployment, which produces the models that it
deploys; it is associated with the endpoint's context in both directions, since the SDK walks both.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-auto-creation.html,
the SageMaker SDK, sagemaker/lineage/context.py (EndpointContext)
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call
from outcrop.services.sagemaker.hosting.checks import data_of
from outcrop.services.sagemaker.lineage.making import (
    ASSOCIATED,
    PRODUCED,
    as_far_as_kept,
    associate,
    make_action,
    make_artifact,
    make_context,
)
from outcrop.services.sagemaker.resources import ENDPOINT, MODEL, MODEL_PACKAGE, arn_of
from outcrop.storage.records.interface import Document


async def trace_deployment(call: Call, endpoint: str, deployment: Document) -> None:
    """Keep what an endpoint was deployed of; may be repeated."""
    arn = arn_of(call, ENDPOINT, endpoint)
    moment = int(deployment["planned"].timestamp() * 1000)
    with as_far_as_kept(arn):
        context = await make_context(call, f"{endpoint}-aws-endpoint", "Endpoint", arn)
        action = await make_action(
            call,
            f"{endpoint}-{moment}-aws-endpoint-deployment",
            "ModelDeployment",
            arn,
            "Completed",
        )
        await associate(call, action, context, ASSOCIATED)
        await associate(call, context, action, ASSOCIATED)
        for variant in deployment["variants"]:
            for step in variant["steps"]:
                await _trace_container(call, step["container"], action)
            if "ModelName" in variant["config"]:
                model = arn_of(call, MODEL, variant["config"]["ModelName"])
                deployed = await make_artifact(call, model, "Model")
                await associate(call, action, deployed, PRODUCED)


async def _trace_container(call: Call, container: Mapping[str, Any], action: str) -> None:
    image = await make_artifact(call, container["Image"], "Image")
    await associate(call, image, action)
    data = data_of(container)
    if data is not None:
        # What a training job has produced is such an artifact, too: the two are one.
        await associate(call, await make_artifact(call, data["S3Uri"], "Model"), action)
    package = container.get("ModelPackageName")
    if package:
        arn = package if package.startswith("arn:") else arn_of(call, MODEL_PACKAGE, package)
        await associate(call, await make_artifact(call, arn, "Model"), action)
