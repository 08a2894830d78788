"""What S3 does on the wire beyond rest-xml.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAPI.html
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from outcrop.aws.errors import (
    AccessDeniedError,
    InternalFailureError,
    NotImplementedByOutcropError,
    RequestTooLargeError,
    SerializationError,
    ServiceError,
    ServiceUnavailableError,
    ThrottlingError,
    UnknownOperationError,
)
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.aws.post_forms import boundary_of
from outcrop.aws.s3_hosts import bucket_in_host
from outcrop.operations import Call
from outcrop.operations.quirks import WireQuirks
from outcrop.services.s3.access import READS
from outcrop.services.s3.archives import ACCEPTED
from outcrop.services.s3.form_uploads import answer_form
from outcrop.services.s3.listing import wrong_count
from outcrop.services.s3.preflights import answer_preflight
from outcrop.services.s3.presigned_headers import with_presigned_headers

CODES: Mapping[type[ServiceError], tuple[str, int]] = {
    AccessDeniedError: ("AccessDenied", 403),
    InternalFailureError: ("InternalError", 500),
    NotImplementedByOutcropError: ("NotImplemented", 501),
    RequestTooLargeError: ("MaxMessageLengthExceeded", 400),
    SerializationError: ("InvalidArgument", 400),
    ServiceUnavailableError: ("ServiceUnavailable", 503),
    ThrottlingError: ("SlowDown", 503),
    UnknownOperationError: ("MethodNotAllowed", 405),
}
"""S3's own code and status for each of the common errors."""
ATTRIBUTES_HEADER = "x-amz-object-attributes"
END_OF_ERROR = b"</Error>"
BODILESS = frozenset((204, 304))
STATUSES = {"PutBucketPolicy": 204, "PutBucketTagging": 204}
"""Those of which the service model says nothing."""


class S3Error(ServiceError):
    """A common error under the code that S3 has for it."""


class S3Quirks(WireQuirks):
    """Buckets in host names, forms, preflights, S3's own error codes and headers."""

    validates = False
    anonymous = READS | {"OPTIONS"}  # Browsers sign no preflight.

    def before_parse(self, request: HttpRequest) -> HttpRequest:
        """Move the bucket from the host name to the path; `/bucket/` is the bucket, too."""
        bucket = bucket_in_host(request.headers.get("host", ""))
        path = f"/{bucket}{request.raw_path}" if bucket else request.raw_path
        if path.endswith("/") and path.count("/") == 2 and len(path) > 2:
            path = path[:-1]
        request = with_presigned_headers(request)
        if "expires" in request.headers:
            # A date in the service model, but S3 takes anything: the handler reads it as it came.
            headers = {name: it for name, it in request.headers.items() if name != "expires"}
            request = replace(request, headers=headers)
        if "attributes" in request.query_string.split("&"):
            # Its header is what tells GetObjectAttributes from GetObject; without it, an error.
            headers = {ATTRIBUTES_HEADER: "", **request.headers}
            request = replace(request, headers=headers)
        return request if path == request.raw_path else request.with_path(path)

    def claims(self, request: HttpRequest) -> bool:
        """See `WireQuirks.claims`."""
        if request.method == "OPTIONS":
            return "origin" in request.headers
        content_type = request.headers.get("content-type", "")
        return request.method == "POST" and boundary_of(content_type) is not None

    async def answer(self, call: Call, request: HttpRequest) -> HttpResponse:
        """See `WireQuirks.answer`."""
        answer = answer_preflight if request.method == "OPTIONS" else answer_form
        response = await answer(call, self.before_parse(request))
        response.headers.setdefault("x-amzn-requestid", call.request_id)
        return _identified(response)

    def error(self, error: ServiceError, request: HttpRequest) -> ServiceError:
        """Tell a common error by S3's code, with the resource that it is about."""
        if type(error) not in CODES:
            return error
        if isinstance(error, SerializationError):
            wrong = wrong_count(request.query_string)
            if wrong is not None:
                return wrong
        code, status = CODES[type(error)]
        kind = type(code, (S3Error,), {"code": code, "http_status": status})
        members = {**error.members, "Resource": request.raw_path}
        return kind(error.message, headers=error.headers, **members)

    def after_serialize(
        self, operation: str, parameters: Mapping[str, Any] | None, response: HttpResponse
    ) -> HttpResponse:
        """Set the status of partial answers, S3's headers, and no body where S3 sends none."""
        status = response.status
        if status == 200:
            is_partial = "content-range" in response.headers
            status = 206 if is_partial else STATUSES.get(operation, status)
        if response.headers.pop(ACCEPTED, ""):
            status = 202
        if status in BODILESS or (operation.startswith("Head") and parameters is None):
            response.headers.pop("content-type", None)
            response = replace(response, body=b"")
        if operation == "HeadBucket":
            response.headers["content-type"] = "application/xml"
        if status != response.status:
            response = replace(response, status=status)
        return _identified(response)


def _identified(response: HttpResponse) -> HttpResponse:
    """Name the request id as S3 does."""
    request_id = response.headers.pop("x-amzn-requestid", "")
    response.headers["x-amz-request-id"] = request_id
    # S3's second id tells its own staff where to look; here the first one tells all.
    response.headers["x-amz-id-2"] = request_id
    if isinstance(response.body, bytes) and response.body.endswith(END_OF_ERROR):
        host_id = f"<HostId>{request_id}</HostId>".encode()
        return replace(response, body=response.body[: -len(END_OF_ERROR)] + host_id + END_OF_ERROR)
    return response
