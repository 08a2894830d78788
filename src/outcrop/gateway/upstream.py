"""Requests of services that Outcrop does not serve, sent on to another emulator or to AWS."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from functools import cached_property

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from outcrop.aws.errors import ServiceUnavailableError
from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.gateway.settings import UpstreamSettings
from outcrop.protocol.service_index import ServiceIndex

logger = logging.getLogger(__name__)

# Those that belong to one hop, and those that httpx sets itself. RFC 9110, section 7.6.1.
_HOP_HEADERS = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_DROPPED_HEADERS = _HOP_HEADERS - {"content-length"} | {"date"}
"""Of answers: the server writes the date of every answer itself."""
BODY_LIMIT_BYTES = 128 << 20
AWS = "aws"


@dataclass(frozen=True, slots=True)
class _AwsAddress:
    """Where AWS has a service, and what signatures for it are scoped to."""

    origin: str
    signing_name: str
    signing_region: str
    """Not the caller's where a service is global."""


class Upstream:
    """See `Forwards`."""

    def __init__(self, settings: UpstreamSettings) -> None:
        self._settings = settings
        self._client = httpx.AsyncClient(
            timeout=settings.timeout_seconds, follow_redirects=False, trust_env=False
        )

    async def forward(self, request: HttpRequest, *, service: str, region: str) -> HttpResponse:
        """See `Forwards.forward`.

        Raises:
            ServiceUnavailableError: The upstream does not answer.
        """
        content = await request.body.read(BODY_LIMIT_BYTES)
        headers = {
            name: value for name, value in request.headers.items() if name not in _HOP_HEADERS
        }
        target = f"{request.raw_path}{'?' if request.query_string else ''}{request.query_string}"
        if self._settings.url == AWS:
            address = self._aws(service, region)
            origin = address.origin
            headers = self._signed(
                AWSRequest(request.method, origin + target, headers, content), address
            )
        else:
            origin = self._settings.url.rstrip("/")
            headers["host"] = request.headers.get("host", "")
        return await self._send(request.method, origin + target, headers, content)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], content: bytes
    ) -> HttpResponse:
        outgoing = self._client.build_request(method, url, headers=headers, content=content)
        try:
            answer = await self._client.send(outgoing, stream=True)
        except httpx.HTTPError as error:
            logger.warning("upstream: %r", error)
            raise ServiceUnavailableError("The configured upstream does not answer.") from error
        return HttpResponse(
            status=answer.status_code,
            headers={
                name: value
                for name, value in answer.headers.items()
                if name not in _DROPPED_HEADERS
            },
            body=_body(answer),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    def _aws(self, service: str, region: str) -> _AwsAddress:
        """Return AWS's own address of a service as seen from a region.

        Raises:
            ServiceUnavailableError: There is none.
        """
        names = ServiceIndex([service]).services.get(service)
        if names is None:
            raise ServiceUnavailableError("The request names no service of AWS.")
        endpoint = self._endpoints.construct_endpoint(names.endpoint_prefix, region)
        if not endpoint:
            raise ServiceUnavailableError(f"AWS has no {service} in {region}.")
        scope = endpoint.get("credentialScope", {})
        return _AwsAddress(
            f"https://{endpoint['hostname']}",
            scope.get("service", names.signing_name),
            scope.get("region", region),
        )

    @cached_property
    def _endpoints(self) -> EndpointResolver:
        return EndpointResolver(Loader().load_data("endpoints"))

    def _signed(self, outgoing: AWSRequest, address: _AwsAddress) -> dict[str, str]:
        """Return the headers under a signature of the configured key."""
        settings = self._settings
        credentials = Credentials(
            settings.access_key_id, settings.secret_access_key, settings.session_token or None
        )
        for name in ("authorization", "x-amz-date", "x-amz-security-token"):
            del outgoing.headers[name]
        SigV4Auth(credentials, address.signing_name, address.signing_region).add_auth(outgoing)
        return {str(name): str(value) for name, value in outgoing.headers.items()}


async def _body(answer: httpx.Response) -> AsyncGenerator[bytes, None]:
    chunks: AsyncIterator[bytes] = answer.aiter_raw()
    try:
        async for chunk in chunks:
            yield chunk
    finally:
        await answer.aclose()
