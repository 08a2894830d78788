"""What SageMaker takes beside its operations: the requests to tracking servers."""

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations import Call
from outcrop.operations.quirks import WireQuirks
from outcrop.services.sagemaker.mlflow import door
from outcrop.services.sagemaker.mlflow.location import ROOT


class SageMakerQuirks(WireQuirks):
    """What SageMaker does on the wire beyond its wire protocol."""

    anonymous = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
    """Browsers do not sign; the tracking servers' door lets in who has signed in."""

    def claims(self, request: HttpRequest) -> bool:
        """See `WireQuirks.claims`."""
        return request.raw_path.startswith(f"{ROOT}/")

    async def answer(self, call: Call, request: HttpRequest) -> HttpResponse:
        """See `WireQuirks.answer`."""
        return await door.answer(call, request)
