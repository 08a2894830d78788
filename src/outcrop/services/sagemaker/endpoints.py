"""Endpoints: models that answer.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
"""

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting import supervision
from outcrop.services.sagemaker.hosting.checks import check_desired, check_update
from outcrop.services.sagemaker.hosting.deployments import plan, resized, retained
from outcrop.services.sagemaker.hosting.descriptions import shown, summary
from outcrop.services.sagemaker.hosting.hosts import check_hosted
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import ENDPOINT, add, arn_of, find, moment, update
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document, Record

LISTING = Listing(member="Endpoints")
BUSY = ("Creating", "Updating", "Deleting")


@operation("CreateEndpoint")
async def create_endpoint(
    call: Call, request: shapes.CreateEndpointInput
) -> shapes.CreateEndpointOutput:
    """Begin to serve what a configuration names."""
    name = request["EndpointName"]
    check_update(request)
    pending = await plan(call, request["EndpointConfigName"])
    document: Document = {
        "config": pending["config"],
        "status": "Creating",
        "pending": pending,
        "endpoint_url": call.endpoint_url,
        "tags": checked_tags(request.get("Tags", [])),
    }
    endpoint = await add(call, ENDPOINT, name, document)
    supervision.wake(call.backends, endpoint)
    return {"EndpointArn": arn_of(call, ENDPOINT, name)}


@operation("DescribeEndpoint")
async def describe_endpoint(
    call: Call, request: shapes.DescribeEndpointInput
) -> shapes.DescribeEndpointOutput:
    """Answer with an endpoint's state and its variants."""
    endpoint = await find(call, ENDPOINT, request["EndpointName"])
    return shown(endpoint.document, arn_of(call, ENDPOINT, endpoint.name))


@operation("ListEndpoints")
async def list_endpoints(
    call: Call, request: shapes.ListEndpointsInput
) -> shapes.ListEndpointsOutput:
    """Answer with the endpoints that pass all filters."""
    endpoints = await all_of(call, ENDPOINT)
    return LISTING.answer(
        request,
        endpoints,
        lambda endpoint: summary(endpoint.document, arn_of(call, ENDPOINT, endpoint.name)),
    )


@operation("DeleteEndpoint")
async def delete_endpoint(call: Call, request: shapes.DeleteEndpointInput) -> None:
    """End what serves an endpoint, and forget it."""
    endpoint = await find(call, ENDPOINT, request["EndpointName"])

    def to_be_deleted(document: Document) -> Document:
        if document.get("components"):
            arn = arn_of(call, ENDPOINT, endpoint.name)
            raise ValidationError(
                f'Cannot delete endpoint "{arn}" with inference components. Delete its inference'
                f" components first: {', '.join(document['components'])}."
            )
        return {**document, "status": "Deleting", "modified": moment(call)}

    deleting = await update(call, endpoint, to_be_deleted)
    supervision.delete(call.backends, deleting)


@operation("UpdateEndpoint")
async def update_endpoint(
    call: Call, request: shapes.UpdateEndpointInput
) -> shapes.UpdateEndpointOutput:
    """Begin to serve what another configuration names; what is served now goes on until then."""
    endpoint = await find(call, ENDPOINT, request["EndpointName"])
    served: Document = endpoint.document.get("deployment", {})
    counts = [variant["count"] for variant in served.get("variants", [])]
    check_update(request, instances=sum(counts))
    planned = await plan(call, request["EndpointConfigName"])
    excluded = [
        one["VariantPropertyType"] for one in request.get("ExcludeRetainedVariantProperties", [])
    ]

    def updating(document: Document) -> Document:
        _refuse_if_busy(call, endpoint, document)
        check_hosted(document["deployment"], planned)
        pending = planned
        if request.get("RetainAllVariantProperties"):
            pending = retained(planned, document["deployment"], excluded=excluded)
        pending["deploying"] = request.get("DeploymentConfig", {})
        return _updating(call, document, pending)

    supervision.wake(call.backends, await update(call, endpoint, updating))
    return {"EndpointArn": arn_of(call, ENDPOINT, endpoint.name)}


@operation("UpdateEndpointWeightsAndCapacities")
async def update_endpoint_weights_and_capacities(
    call: Call, request: shapes.UpdateEndpointWeightsAndCapacitiesInput
) -> shapes.UpdateEndpointWeightsAndCapacitiesOutput:
    """Give variants another part of the requests, or more or fewer instances."""
    endpoint = await find(call, ENDPOINT, request["EndpointName"])
    desired = {one["VariantName"]: one for one in request["DesiredWeightsAndCapacities"]}
    check_desired(desired)

    def updating(document: Document) -> Document:
        _refuse_if_busy(call, endpoint, document)
        return _updating(call, document, resized(document["deployment"], desired))

    supervision.wake(call.backends, await update(call, endpoint, updating))
    return {"EndpointArn": arn_of(call, ENDPOINT, endpoint.name)}


def _updating(call: Call, document: Document, pending: Document) -> Document:
    changed = {**document, "status": "Updating", "pending": pending, "modified": moment(call)}
    changed.pop("failure", None)
    return changed


def _refuse_if_busy(call: Call, endpoint: Record, document: Document) -> None:
    if document["status"] != "InService":
        arn = arn_of(call, ENDPOINT, endpoint.name)
        what = "in-progress" if document["status"] in BUSY else "failed"
        raise ValidationError(f'Cannot update {what} endpoint "{arn}".')
