"""InvokeEndpointAsync: a request that waits in a queue, and whose answer goes to S3.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpointAsync.html
"""

import uuid
from collections.abc import Mapping
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.operations import Call, operation
from outcrop.services.sagemaker_runtime import queue, shapes
from outcrop.services.sagemaker_runtime.routes import find_route

KEPT = ("ContentType", "Accept", "CustomAttributes")


@operation("InvokeEndpointAsync")
async def invoke_endpoint_async(
    call: Call, request: shapes.InvokeEndpointAsyncInput
) -> shapes.InvokeEndpointAsyncOutput:
    """Queue a request, and answer with where its answer will be."""
    endpoint = request["EndpointName"]
    route = await find_route(call, endpoint)
    config: Mapping[str, Any] | None = route.details["asynchronous"]
    if config is None:
        raise shapes.ValidationError(f"Endpoint {endpoint} has no AsyncInferenceConfig.")
    if ("InputLocation" in request) == bool(request.get("Body")):
        raise shapes.ValidationError("Either InputLocation or Body must be given.")
    given: Mapping[str, Any] = {name: value for name, value in request.items() if name in KEPT}
    inference_id = request.get("InferenceId") or str(uuid.uuid4())
    output, failure = _places(config["OutputConfig"], request)
    document = {
        "endpoint": endpoint,
        "request": {**given, "EndpointName": endpoint, "InferenceId": inference_id},
        "input": _input(request),
        "body": request.get("Body", b""),
        "output": output,
        "failure": failure,
        "lives_seconds": request.get("RequestTTLSeconds", queue.LIVES_SECONDS),
        "answer_seconds": request.get("InvocationTimeoutSeconds", queue.ANSWER_SECONDS),
    }
    await queue.add(call, document)
    answer: shapes.InvokeEndpointAsyncOutput = {
        "InferenceId": inference_id,
        "OutputLocation": output,
    }
    if failure:
        answer["FailureLocation"] = failure
    return answer


def _input(request: Mapping[str, Any]) -> str:
    location: str = request.get("InputLocation", "")
    if location:
        try:
            bucket_and_key(location)
        except ValueError as error:
            raise shapes.ValidationError(
                f"InputLocation must be s3://bucket/key here, not {location}."
            ) from error
    return location


def _places(config: Mapping[str, Any], request: Mapping[str, Any]) -> tuple[str, str]:
    """Return where the answer goes, and where what goes wrong is told; perhaps nowhere."""
    name = str(uuid.uuid4())
    file = request.get("Filename", f"{name}.out")
    extension = request.get("S3OutputPathExtension", "").strip("/")
    output = "/".join(filter(None, (config["S3OutputPath"].rstrip("/"), extension, file)))
    failure = config.get("S3FailurePath", "").rstrip("/")
    return output, f"{failure}/{name}-error.out" if failure else ""
