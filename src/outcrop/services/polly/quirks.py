"""What Polly does on the wire beyond its service model: presigned URLs that speak.

A presigned SynthesizeSpeech has its whole input in the query, by GET, so that a browser can play
it; clients that presign the modelled POST send the same query and no body.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html, and
`SigV4QueryAuth` of https://github.com/boto/botocore
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest
from outcrop.operations.quirks import WireQuirks
from outcrop.services.polly import shapes

SPEECH = "/v1/speech"
TAGS = "/v1/listTagsForResource/"
LISTS = frozenset(("LexiconNames", "SpeechMarkTypes"))
SIGNATURE = "X-Amz-"
"""What the names of a presigned URL's own parameters begin with."""
MOST_PARAMETERS = 100


class PollyQuirks(WireQuirks):
    """Puts the query of presigned URLs where the service model expects it."""

    def before_parse(self, request: HttpRequest) -> HttpRequest:
        """See `WireQuirks.before_parse`."""
        if request.raw_path == TAGS and not request.query_string:
            return replace(request, query_string="arn=")  # Whose tags, is asked for, not the path.
        if request.raw_path != SPEECH or "Text=" not in request.query_string:
            return request
        body = json.dumps(_input(request.query_string)).encode()
        return replace(request.with_body(body), method="POST", query_string="")

    def validation_error(self, message: str) -> ServiceError | None:
        """See `WireQuirks.validation_error`."""
        return shapes.ValidationException(message, reason="fieldValidationFailed")


def _input(query: str) -> Mapping[str, Any]:
    try:
        given = parse_qs(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:  # More parameters than any such URL has.
        return {}
    return {
        name: values if name in LISTS else values[0]
        for name, values in given.items()
        if not name.startswith(SIGNATURE)
    }
