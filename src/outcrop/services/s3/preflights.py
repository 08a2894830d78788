"""Preflights: a browser asks whether a page from elsewhere may send a request.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTOPTIONSobject.html
"""

from urllib.parse import unquote

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call
from outcrop.services.s3.bucket import find_bucket
from outcrop.services.s3.cross_origin import Rules, allowing_headers, fitting_rule
from outcrop.services.s3.errors import CrossOriginForbiddenError, InvalidRequestError


async def answer_preflight(call: Call, request: HttpRequest) -> HttpResponse:
    """Answer what the bucket's rules allow; without a fitting rule the page is refused."""
    origin = request.headers.get("origin", "")
    method = request.headers.get("access-control-request-method")
    if method is None:
        raise InvalidRequestError(
            "Insufficient information. Origin request header needed and "
            "Access-Control-Request-Method."
        )
    _, _, path = request.raw_path.partition("/")
    name, _, key = path.partition("/")
    resource_type = "OBJECT" if key else "BUCKET"
    bucket = await find_bucket(call, unquote(name))
    rules: Rules = bucket.setting("cors", {}).get("CORSRules", []) if bucket else []
    if not rules:
        message = (
            "CORSResponse: CORS is not enabled for this bucket."
            if bucket
            else "CORSResponse: Bucket not found"
        )
        raise CrossOriginForbiddenError(message, method=method, resource_type=resource_type)
    asked = request.headers.get("access-control-request-headers", "")
    headers = [header.strip() for header in asked.split(",") if header.strip()]
    rule = fitting_rule(rules, origin=origin, method=method, headers=headers)
    if rule is None:
        raise CrossOriginForbiddenError(
            "CORSResponse: This CORS request is not allowed. This is usually because the "
            "evalution of Origin, request method / Access-Control-Request-Method or "
            "Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
            method=method,
            resource_type=resource_type,
        )
    answer = allowing_headers(rule, origin)
    if headers:
        answer["access-control-allow-headers"] = ", ".join(headers).lower()
    return HttpResponse(headers=answer)
