"""Which family of services a request speaks to, and so in which words its signature is refused."""

from outcrop.aws.http import HttpRequest
from outcrop.aws.refusals import JSON_RPC, QUERY, REST_JSON, S3, Refusals


def refusals_for(request: HttpRequest, *, service: str) -> Refusals:
    """Return the words for a request, told by its service and the wire protocol that it speaks."""
    if service == "s3":
        return S3
    headers = request.headers
    content_type = headers.get("content-type", "")
    if "x-amz-target" in headers or "smithy-protocol" in headers:
        return JSON_RPC
    if content_type.startswith("application/x-www-form-urlencoded"):
        return QUERY
    if request.query_string.startswith("Action=") or "&Action=" in request.query_string:
        return QUERY
    return REST_JSON
