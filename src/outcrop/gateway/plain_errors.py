"""Errors told to a client of which nothing is known but its request."""

import json
from xml.sax.saxutils import escape

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest, HttpResponse


def plain_error(request: HttpRequest, error: ServiceError, request_id: str) -> HttpResponse:
    """Return an error in XML if the request speaks XML or forms, else in JSON, as AWS does."""
    content_type = request.headers.get("content-type", "")
    headers = {"x-amzn-requestid": request_id, "x-amzn-errortype": error.code, **error.headers}
    if "xml" in content_type or "x-www-form-urlencoded" in content_type:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{escape(error.code)}</Code>"
            f"<Message>{escape(error.message)}</Message></Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
        headers["content-type"] = "text/xml"
    else:
        text = json.dumps({"__type": error.code, "message": error.message}, ensure_ascii=False)
        headers["content-type"] = "application/json"
    return HttpResponse(status=error.http_status, headers=headers, body=text.encode())
