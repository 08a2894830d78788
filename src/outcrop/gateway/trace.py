"""What becomes known of a request on its way: the journal's source."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from outcrop.aws.errors import ServiceError
from outcrop.aws.http import HttpRequest
from outcrop.gateway.identify import Identity
from outcrop.gateway.journal import JournalEntry, without_secrets


def new_request_id() -> str:
    """Return a random request id, a UUID as AWS's are."""
    digits = f"{random.getrandbits(128):032x}"  # Nobody need be unable to guess it.
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"


@dataclass(slots=True, kw_only=True)
class Trace:
    """One request's story, filled in by the rooms that it passes."""

    request_id: str = field(default_factory=new_request_id)
    started: float = field(default_factory=time.perf_counter)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    identity: Identity | None = None
    account: str = ""
    region: str = ""
    answer_headers: Mapping[str, str] | None = None
    """What the handler has set so far; an error in its place carries them too."""
    error: str = ""
    message: str = ""

    def failed(self, error: ServiceError, *, code: str) -> None:
        """Remember the error that the caller is told, and by which code."""
        self.error = code
        self.message = error.message

    def entry(self, request: HttpRequest, *, status: int, bytes_sent: int) -> JournalEntry:
        """Return the journal's line, once the answer is sent."""
        identity = self.identity
        query = f"?{request.query_string}" if request.query_string else ""
        return JournalEntry(
            time=self.started_at.isoformat(timespec="milliseconds"),
            request_id=self.request_id,
            client=request.client,
            method=request.method,
            path=without_secrets(request.raw_path + query),
            service=identity.service if identity else "",
            operation=identity.operation if identity else "",
            account=self.account,
            region=self.region,
            status=status,
            error=self.error,
            message=self.message,
            duration_ms=round((time.perf_counter() - self.started) * 1000, 3),
            bytes_sent=bytes_sent,
        )
