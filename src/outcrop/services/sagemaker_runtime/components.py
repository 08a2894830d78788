"""Requests to endpoints whose models are inference components: each names the one it asks.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/realtime-endpoints-test-endpoints.html
"""

from outcrop.jobs.serving import Route, Share
from outcrop.operations import Call
from outcrop.services.sagemaker_runtime import shapes
from outcrop.services.sagemaker_runtime.metrics import Report
from outcrop.services.sagemaker_runtime.reports import report
from outcrop.services.sagemaker_runtime.routes import find_component_route, find_route

NAME_MISSING = (
    "Inference Component Name header is required for endpoints to which you plan to deploy"
    " inference components. Please include Inference Component Name header or consider using"
    " SageMaker models."
)
NAME_NOT_ALLOWED = (
    "Inference Component Name header is not allowed for endpoints whose production variants name"
    " SageMaker models."
)
NO_CAPACITY = (
    "Inference Component has no capacity to process this request. ApplicationAutoScaling may be"
    " in-progress (if configured) or try to increase the capacity by invoking"
    " UpdateInferenceComponentRuntimeConfig API."
)


async def find_asked(call: Call, endpoint: str, component: str | None) -> Route:
    """Return who is to answer: an endpoint, or one of its inference components.

    Raises:
        ServiceError: There is no such endpoint or component, or the one needs a component's name
            that is not given, or the other way round.
    """
    route = await find_route(call, endpoint)
    if not route.details["hosts_components"]:
        if component is not None:
            raise shapes.ValidationError(NAME_NOT_ALLOWED)
        return route
    if component is None:
        raise shapes.ValidationError(NAME_MISSING)
    return await find_component_route(call, endpoint, component)


def refuse_without_copies(call: Call, endpoint: str, route: Route, share: Share) -> None:
    """Refuse a request to a component that has no copies at the moment, and have that told.

    Raises:
        ServiceError: It has none.
    """
    if not share.size:
        report(call, endpoint, route, share, Report.of_no_capacity())
        raise shapes.ValidationError(NO_CAPACITY)
