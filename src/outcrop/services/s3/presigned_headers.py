"""Headers that a presigned URL carries in its query.

Who signs a URL for an upload signs its metadata, tags and the like with it; clients put them into
the query, and S3 takes them as if they had been sent as headers.
"""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from outcrop.aws.http import HttpRequest

PREFIX = "x-amz-"
OF_SIGNATURE = frozenset(
    (
        "x-amz-algorithm",
        "x-amz-content-sha256",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-security-token",
        "x-amz-signature",
        "x-amz-signedheaders",
    )
)


def with_presigned_headers(request: HttpRequest) -> HttpRequest:
    """Return the request with the headers that its query carries; those sent as headers count."""
    if PREFIX not in request.query_string.lower():
        return request
    found: Mapping[str, str] = {
        name.lower(): value
        for name, value in parse_qsl(request.query_string)
        if name.lower().startswith(PREFIX) and name.lower() not in OF_SIGNATURE
    }
    return replace(request, headers={**found, **request.headers}) if found else request
