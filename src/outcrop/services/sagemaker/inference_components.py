"""Inference components: models that share an endpoint's instances, each with copies of its own.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceComponent.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.components import supervision
from outcrop.services.sagemaker.components.accounts import register
from outcrop.services.sagemaker.components.checks import (
    check_deploying,
    check_given,
    check_specification,
    variant_of,
)
from outcrop.services.sagemaker.components.descriptions import shown, step_of, summary
from outcrop.services.sagemaker.components.plans import merged, plan
from outcrop.services.sagemaker.listings import Listing, all_of, equals
from outcrop.services.sagemaker.resources import (
    ENDPOINT,
    INFERENCE_COMPONENT,
    arn_of,
    find,
    moment,
    update,
)
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError

LISTING = Listing(
    member="InferenceComponents",
    filters={"EndpointNameEquals": equals("endpoint"), "VariantNameEquals": equals("variant")},
)


@operation("CreateInferenceComponent")
async def create_inference_component(
    call: Call, request: shapes.CreateInferenceComponentInput
) -> shapes.CreateInferenceComponentOutput:
    """Begin to serve a model on instances of an endpoint that names none."""
    check_given(request)
    name = request["InferenceComponentName"]
    if "Specification" not in request:
        raise ValidationError("Specification must be given for the inference component.")
    if "RuntimeConfig" not in request:
        raise ValidationError("RuntimeConfig must be given for the inference component.")
    specification = request["Specification"]
    check_specification(specification)
    endpoint = await find(call, ENDPOINT, request["EndpointName"])
    arn = arn_of(call, ENDPOINT, endpoint.name)
    variant = variant_of(endpoint, arn, request.get("VariantName"))
    count = request["RuntimeConfig"]["CopyCount"]
    document: Document = {
        "endpoint": endpoint.name,
        "variant": variant["name"],
        "status": "Creating",
        "pending": await plan(call, name, specification, variant=variant, count=count),
        "endpoint_url": call.endpoint_url,
        "tags": checked_tags(request.get("Tags", [])),
    }
    try:
        component = await register(call, INFERENCE_COMPONENT, name, document, endpoint=endpoint)
    except RecordNotFoundError as error:
        raise ENDPOINT.missing.of(endpoint.name, arn) from error
    supervision.wake(call.backends, component)
    return {"InferenceComponentArn": arn_of(call, INFERENCE_COMPONENT, name)}


@operation("DescribeInferenceComponent")
async def describe_inference_component(
    call: Call, request: shapes.DescribeInferenceComponentInput
) -> shapes.DescribeInferenceComponentOutput:
    """Answer with a component's state and its copies."""
    component = await find(call, INFERENCE_COMPONENT, request["InferenceComponentName"])
    document = component.document
    variant = await _variant(call, document)
    return shown(document, *_arns(call, document), variant["config"]["InstanceType"])


@operation("ListInferenceComponents")
async def list_inference_components(
    call: Call, request: shapes.ListInferenceComponentsInput
) -> shapes.ListInferenceComponentsOutput:
    """Answer with the components that pass all filters."""
    return LISTING.answer(
        request,
        await all_of(call, INFERENCE_COMPONENT),
        lambda component: summary(component.document, *_arns(call, component.document)),
    )


@operation("UpdateInferenceComponent")
async def update_inference_component(
    call: Call, request: shapes.UpdateInferenceComponentInput
) -> shapes.UpdateInferenceComponentOutput:
    """Begin to serve another model, or the same one with other resources or copies."""
    check_given(request)
    given: Mapping[str, Any] | None = request.get("Specification")
    if given is None and "RuntimeConfig" not in request:
        raise ValidationError("You must provide a Specification or a RuntimeConfig to update.")
    component = await find(call, INFERENCE_COMPONENT, request["InferenceComponentName"])
    before = step_of(component.document)
    count = request.get("RuntimeConfig", {}).get("CopyCount", before["count"])
    deploying = request.get("DeploymentConfig", {})
    check_deploying(deploying, count)
    pending: Document = {**before, "count": count}
    if given is not None:
        specification = merged(before["specification"], given)
        check_specification(specification)
        variant = await _variant(call, component.document)
        pending = await plan(call, component.name, specification, variant=variant, count=count)
    await _begin(call, component, {**pending, "deploying": deploying})
    return {"InferenceComponentArn": arn_of(call, INFERENCE_COMPONENT, component.name)}


@operation("UpdateInferenceComponentRuntimeConfig")
async def update_inference_component_runtime_config(
    call: Call, request: shapes.UpdateInferenceComponentRuntimeConfigInput
) -> shapes.UpdateInferenceComponentRuntimeConfigOutput:
    """Begin to add copies, or to take some away."""
    component = await find(call, INFERENCE_COMPONENT, request["InferenceComponentName"])
    before = step_of(component.document)
    count = request["DesiredRuntimeConfig"]["CopyCount"]
    await _begin(call, component, {**before, "count": count, "deploying": {}})
    return {"InferenceComponentArn": arn_of(call, INFERENCE_COMPONENT, component.name)}


@operation("DeleteInferenceComponent")
async def delete_inference_component(
    call: Call, request: shapes.DeleteInferenceComponentInput
) -> None:
    """End a component's copies once they have answered, and forget it."""
    component = await find(call, INFERENCE_COMPONENT, request["InferenceComponentName"])
    deleting = await update(
        call,
        component,
        lambda document: {**document, "status": "Deleting", "modified": moment(call)},
    )
    supervision.delete(call.backends, deleting)


async def _begin(call: Call, component: Record, pending: Document) -> None:
    """Let a component become something else.

    Raises:
        ServiceError: It is becoming something already.
    """

    def updating(document: Document) -> Document:
        if document["status"] not in ("InService", "Failed"):
            arn = arn_of(call, INFERENCE_COMPONENT, component.name)
            raise ValidationError(f'Cannot update in-progress inference component "{arn}".')
        changed = {**document, "status": "Updating", "pending": pending, "modified": moment(call)}
        changed.pop("failure", None)
        return changed

    supervision.wake(call.backends, await update(call, component, updating))


async def _variant(call: Call, component: Document) -> Document:
    """Return the variant that a component is on."""
    endpoint = await find(call, ENDPOINT, component["endpoint"])
    variants: list[Document] = endpoint.document["deployment"]["variants"]
    return next(one for one in variants if one["name"] == component["variant"])


def _arns(call: Call, component: Document) -> tuple[str, str]:
    """Return a component's ARN and its endpoint's."""
    own = arn_of(call, INFERENCE_COMPONENT, component["name"])
    return own, arn_of(call, ENDPOINT, component["endpoint"])
