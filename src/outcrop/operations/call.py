"""One request to one operation, as its handler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from outcrop.aws.arn import Arn
from outcrop.operations.objects import Objects

if TYPE_CHECKING:
    from outcrop.operations.backends import Backends


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who sent a request."""

    account: str
    """Twelve digits."""
    arn: str
    user_id: str
    access_key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to one operation: who asks, where, and what the handler may use to answer."""

    service: str
    operation: str
    region: str
    principal: Principal
    request_id: str
    backends: "Backends"
    endpoint_url: str = ""
    """Scheme, host and port that the client used, for URLs in answers: `http://127.0.0.1:4566`."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Request headers, names in lower case, for the few handlers whose input leaves some out."""
    asked_by: str = ""
    """The operation that asks for this one; empty: the request itself does."""
    answer_headers: dict[str, str] = field(default_factory=dict[str, str])
    """Sent with the answer. For a streamed answer, set them before the handler returns."""

    @property
    def account(self) -> str:
        """The account whose resources this call sees."""
        return self.principal.account

    @property
    def objects(self) -> Objects:
        """S3 objects, as the caller may see them."""
        return Objects(self.ask)

    def arn(self, resource: str, *, service: str | None = None, region: str | None = None) -> str:
        """Return the ARN of a resource of this call's account and region."""
        return str(
            Arn(
                service=service or self.service,
                region=self.region if region is None else region,
                account=self.account,
                resource=resource,
            )
        )

    async def ask(self, service: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """Ask another service on behalf of the same caller and return its output.

        Raises:
            ServiceError: As that operation's handler raises it.
        """
        return await self.backends.ask(self, service, operation, parameters)
