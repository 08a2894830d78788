"""What the application asks of a request's way in and out, whatever the client speaks."""

import asyncio
from typing import Any, Protocol

from outcrop.aws.errors import RequestTimeoutError
from outcrop.aws.http import HttpRequest, HttpResponse

EVENT_STREAM = "application/vnd.amazon.eventstream"


class ClientDisconnectedError(Exception):
    """The client went away before its request was whole."""


class Channel(Protocol):
    """One request, and the sending of its answer."""

    @property
    def request(self) -> HttpRequest:
        """What the client asks; its body comes as it is read."""
        ...

    @property
    def status(self) -> int:
        """Of the answer; 0 until its head is sent."""
        ...

    @property
    def bytes_sent(self) -> int:
        """How many bytes of the answer's body were handed over."""
        ...

    async def send(self, response: HttpResponse) -> None:
        """Send the answer to its end."""
        ...

    def cancel_when_gone(self, task: "asyncio.Task[Any]") -> None:
        """Cancel a task as soon as the client is known to have gone away."""
        ...

    def look(self, now: float) -> None:
        """Give up on a client that is silent or gone; asked time and again until `close`.

        Most answers are sent before the first time.

        Args:
            now: Seconds, of the monotonic clock.
        """
        ...

    def close(self) -> None:
        """Let go of what looks after the client."""
        ...


def may_pause(request: HttpRequest) -> bool:
    """Tell whether a body's sender may be silent for as long as it likes, as who speaks is."""
    is_stream = request.headers.get("content-type", "").startswith(EVENT_STREAM)
    return is_stream and request.body.may_pause


def silence() -> RequestTimeoutError:
    """Return the error for a body that stops coming.

    S3's words: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    """
    return RequestTimeoutError(
        "Your socket connection to the server was not read from or written to within the timeout "
        "period. Idle connections will be closed."
    )
