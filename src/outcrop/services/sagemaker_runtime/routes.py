"""Who answers for an endpoint, or for one of its inference components.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
"""

import asyncio

from outcrop.aws.errors import ServiceError
from outcrop.jobs.serving import Route
from outcrop.operations import Call
from outcrop.services.sagemaker_runtime import shapes

ROUTE_SECONDS = 60.0
"""How long what was in service may take to be again after the server started."""
SERVED = ("InService", "Updating")


async def find_route(call: Call, endpoint: str) -> Route:
    """Return an endpoint's route; soon after the server's start, wait for it.

    Raises:
        ServiceError: There is no such endpoint.
    """
    name = f"{call.account}/{call.region}/{endpoint}"
    route = call.backends.jobs.fleets.route(name)
    if route is None and await _is_in_service(call, endpoint):
        route = await _published(call, name, what=f"Endpoint {endpoint}")
    if route is None:
        raise shapes.ValidationError(f"Endpoint {endpoint} of account {call.account} not found.")
    return route


async def find_component_route(call: Call, endpoint: str, component: str) -> Route:
    """Return the route of an endpoint's inference component; as `find_route` does.

    Raises:
        ServiceError: The endpoint has no such component.
    """
    name = f"{call.account}/{call.region}/{endpoint}/{component}"
    route = call.backends.jobs.fleets.route(name)
    if route is None and await _is_served(call, endpoint, component):
        route = await _published(call, name, what=f"Inference component {component}")
    if route is None:
        raise shapes.ValidationError(
            f"Inference Component {component} of endpoint {endpoint} of account {call.account} not"
            " found, or not in service."
        )
    return route


async def _published(call: Call, name: str, *, what: str) -> Route:
    try:
        async with asyncio.timeout(ROUTE_SECONDS):
            return await call.backends.jobs.fleets.published(name)
    except TimeoutError as error:
        raise shapes.ServiceUnavailable(f"{what} is not ready.") from error


async def _is_in_service(call: Call, endpoint: str) -> bool:
    try:
        state = await call.ask("sagemaker", "DescribeEndpoint", EndpointName=endpoint)
    except ServiceError:
        return False
    return state["EndpointStatus"] in SERVED


async def _is_served(call: Call, endpoint: str, component: str) -> bool:
    try:
        state = await call.ask(
            "sagemaker", "DescribeInferenceComponent", InferenceComponentName=component
        )
    except ServiceError:
        return False
    is_up = state["InferenceComponentStatus"] in SERVED
    # One that failed before and is tried again has no copies.
    is_settled = state["InferenceComponentStatus"] == "InService"
    has_copies = state["RuntimeConfig"]["CurrentCopyCount"] > 0
    return state["EndpointName"] == endpoint and is_up and (is_settled or has_copies)
