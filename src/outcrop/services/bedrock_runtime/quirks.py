"""What Bedrock Runtime answers beside its operations, where a path names a thing.

Source: OpenAI API reference, "Get a model response" and "Delete a model response"
"""

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call
from outcrop.operations.quirks import WireQuirks
from outcrop.services.bedrock_runtime.responses_api.routes import PATHS, one_response


class BedrockRuntimeQuirks(WireQuirks):
    """See `WireQuirks`."""

    def claims(self, request: HttpRequest) -> bool:
        """See `WireQuirks.claims`: responses that were stored."""
        beginning, _, name = request.raw_path.rpartition("/")
        return request.method in ("GET", "DELETE") and beginning in PATHS and bool(name)

    async def answer(self, call: Call, request: HttpRequest) -> HttpResponse:
        """See `WireQuirks.answer`."""
        return await one_response(call, request)
