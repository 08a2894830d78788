"""What takes the requests of services that Outcrop does not serve."""

from typing import Protocol

from outcrop.aws.http import HttpRequest, HttpResponse


class Forwards(Protocol):
    """Sends a request on."""

    async def forward(self, request: HttpRequest, *, service: str, region: str) -> HttpResponse:
        """Return the upstream's answer as it is.

        Args:
            request: Its body unread, or read whole.
            service: botocore's name; empty if nobody knows.
            region: The region that the request is for.
        """
        ...
