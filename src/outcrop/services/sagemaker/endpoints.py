"""Endpoints: models that answer.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.hosting import supervision
from outcrop.services.sagemaker.hosting.deployments import plan
from outcrop.services.sagemaker.hosting.descriptions import shown, summary
from outcrop.services.sagemaker.listings import Listing, all_of
from outcrop.services.sagemaker.resources import ENDPOINT, add, arn_of, find, moment, update
from outcrop.services.sagemaker.tags import checked_tags
from outcrop.storage.records.interface import Document

LISTING = Listing(member="Endpoints")


@operation("CreateEndpoint")
async def create_endpoint(
    call: Call, request: shapes.CreateEndpointInput
) -> shapes.CreateEndpointOutput:
    """Begin to serve what a configuration names."""
    name = request["EndpointName"]
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
    deleting = await update(
        call,
        endpoint,
        lambda document: {**document, "status": "Deleting", "modified": moment(call)},
    )
    supervision.delete(call.backends, deleting)
