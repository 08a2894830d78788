"""Which service and operation a request means.

In this order: `X-Amz-Target`, the path of Smithy RPC, the signing name of the credential scope, the
form parameter `Action`, the host, and at last the path alone. A tie between services that share a
signing name is broken by the ARN in the request: the models say which ARNs are whose.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qs, unquote

import regex

from outcrop.aws.errors import UnknownOperationError
from outcrop.aws.http import HttpRequest
from outcrop.aws.user_json import read_json
from outcrop.protocol.service_index import ServiceIndex, SigningGroup
from outcrop.protocol.service_models import ServiceModels
from outcrop.protocol.uri_router import RestRoute, UriRouter

FORM = "application/x-www-form-urlencoded"
FORM_LIMIT_BYTES = 10 << 20
_SIGNING_NAME = re.compile(r"Credential=[^,\s]+/([^/,\s]+)/aws4_request")
_PRESIGNED = re.compile(r"X-Amz-Credential=[^&]+(?:%2F|/)([^&/%]+)(?:%2F|/)aws4_request")
_RPC_PATH = re.compile(r"(?:/[^/]+)*/service/([^/]+)/operation/([^/]+)")
_AWS_HOST = re.compile(r"(?:^|\.)([a-z0-9-]+)(?:\.[a-z0-9-]+)?\.amazonaws\.com(?::\d+)?$")
# S3 signs for these too; S3 on Outposts and Object Lambda are separate services of no use here.
_S3_SIGNING_NAMES = {"s3express": "s3", "s3-object-lambda": "s3"}


class Identity(NamedTuple):
    """An operation of a service, by botocore's names of both."""

    service: str
    operation: str


class Identifier:
    """Finds the operation of each request among the services of an index."""

    def __init__(
        self,
        index: ServiceIndex,
        models: ServiceModels,
        before_parse: Callable[[str, HttpRequest], HttpRequest],
        *,
        guesses_unsigned: bool,
    ) -> None:
        """Look only among the services of an index.

        Args:
            index: The services to know.
            models: Where to read the operations of REST services from.
            before_parse: What a service does to a request first, by the service's name: S3 moves
                the bucket from the host to the path.
            guesses_unsigned: Whether a request that names no service is compared with the paths
                of all of them, which loads all their models.
        """
        self._guesses_unsigned = guesses_unsigned
        self._index = index
        self._models = models
        self._before_parse = before_parse
        self._routers: dict[tuple[str, ...], UriRouter] = {}

    async def identify(
        self, request: HttpRequest, signing_name: str
    ) -> tuple[Identity, HttpRequest]:
        """Return what the request means, and the request to go on with.

        Args:
            request: As it came.
            signing_name: What `signing_name_of` says of it.

        Raises:
            UnknownOperationError: No service of the index knows the request.
        """
        named = self._by_target(request) or self._by_rpc_path(request)
        if named is not None:
            return named, request
        group = self._index.by_signing_name.get(signing_name)
        if group is None or group.queried:
            action = await _form_action(request)
            named = self._by_action(action, group)
            if named is not None:
                return named, request
        return await self._by_path(request, group)

    def _by_target(self, request: HttpRequest) -> Identity | None:
        target = request.headers.get("x-amz-target")
        if target is None:
            return None
        prefix, _, operation = target.rpartition(".")
        names = self._index.by_target.get(prefix)
        return Identity(names.name, operation) if names is not None and operation else None

    def _by_rpc_path(self, request: HttpRequest) -> Identity | None:
        if "smithy-protocol" not in request.headers:
            return None
        found = _RPC_PATH.fullmatch(request.raw_path)
        names = self._index.by_target.get(found[1]) if found else None
        return Identity(names.name, found[2]) if found and names else None

    def is_for_another(self, signing_name: str) -> bool:
        """Tell whether no service of the index has a signing name."""
        return bool(signing_name) and signing_name not in self._index.by_signing_name

    def _by_action(self, action: dict[str, str], group: SigningGroup | None) -> Identity | None:
        operation = action.get("Action", "")
        if not operation:
            return None
        queried = group.queried if group else ()
        for names in queried or self._index.by_api_version.get(action.get("Version", ""), ()):
            if operation in self._models.load(names.name).operation_names:
                return Identity(names.name, operation)
        return Identity(queried[0].name, operation) if queried else None

    async def _by_path(
        self, request: HttpRequest, group: SigningGroup | None
    ) -> tuple[Identity, HttpRequest]:
        for attempt in self._attempts(request, group):
            rewritten = request
            for name in attempt:
                rewritten = self._before_parse(name, rewritten)
            routes = self._router(attempt).find(
                rewritten.method, rewritten.raw_path, rewritten.query_string, rewritten.headers
            )
            if len(routes) > 1:
                routes = await _told_apart(routes, rewritten)
            if routes:
                return Identity(routes[0].service, routes[0].operation), rewritten
        raise UnknownOperationError(f"No operation matches {request.method} {request.raw_path}.")

    def _attempts(
        self, request: HttpRequest, group: SigningGroup | None
    ) -> Iterable[tuple[str, ...]]:
        """Give the REST services to try, one group of them after the other."""
        rest = (group.rest if group else ()) or self._unsigned(request)
        if group or request.headers.get("authorization", "").startswith("Bearer "):
            return (rest,)
        return dict.fromkeys((rest, self._s3()))

    def _unsigned(self, request: HttpRequest) -> tuple[str, ...]:
        """Return the REST services to try for a request that names none: all but S3."""
        if "AWSAccessKeyId=" in request.query_string:
            return self._s3()
        if not self._guesses_unsigned:
            return ()
        return tuple(
            names.name
            for names in self._index.services.values()
            if names.is_rest and names.signing_name != "s3"
        )

    def _s3(self) -> tuple[str, ...]:
        group = self._index.by_signing_name.get("s3")
        return group.rest if group else ()

    def _router(self, services: tuple[str, ...]) -> UriRouter:
        router = self._routers.get(services)
        if router is None:
            router = UriRouter(self._models.load(name) for name in services)
            self._routers[services] = router
        return router


def claimed_signing_name(request: HttpRequest) -> str:
    """Return the signing name in the request's credential scope, or nothing; unverified."""
    authorization = request.headers.get("authorization", "")
    found = _SIGNING_NAME.search(authorization) or _PRESIGNED.search(request.query_string)
    if found:
        return found[1]
    # Signature version 2 names no service; of those that Outcrop knows only S3 still takes it.
    return "s3" if authorization.startswith("AWS ") else ""


def signing_name_of(request: HttpRequest) -> str:
    """Return the signing name that the request, or else its host, carries, or nothing."""
    name = claimed_signing_name(request) or _service_of_host(request)
    return _S3_SIGNING_NAMES.get(name, name)


def _service_of_host(request: HttpRequest) -> str:
    found = _AWS_HOST.search(request.headers.get("host", ""))
    return found[1] if found else ""


async def _form_action(request: HttpRequest) -> dict[str, str]:
    """Return `Action` and `Version` from the query or the form."""
    text = request.query_string
    if request.headers.get("content-type", "").startswith(FORM):
        content = await request.body.read(FORM_LIMIT_BYTES)
        text = f"{text}&{content.decode('utf-8', 'replace')}"
    if "Action=" not in text:
        return {}
    form = parse_qs(text, max_num_fields=10_000)
    return {name: form[name][0] for name in ("Action", "Version") if name in form}


async def _told_apart(routes: list[RestRoute], request: HttpRequest) -> list[RestRoute]:
    """Put the operation whose ARN pattern the request satisfies first."""
    segments = request.raw_path.split("/")[1:]
    members: dict[str, Any] = {}
    if any(route.arn_members for route in routes):
        members = _json_object(await request.body.read(FORM_LIMIT_BYTES))

    def owns(route: RestRoute) -> bool:
        arns: Iterable[tuple[str, Any]] = (
            *((pattern, unquote(segments[at])) for at, pattern in route.arn_labels.items()),
            *((pattern, members.get(name)) for name, pattern in route.arn_members.items()),
        )
        return any(isinstance(arn, str) and _is_match(pattern, arn) for pattern, arn in arns)

    return sorted(routes, key=lambda route: (not owns(route), route.service))


def _is_match(pattern: str, text: str) -> bool:
    return regex.fullmatch(pattern, text[:2048], timeout=0.1) is not None


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        value = read_json(content or b"{}")
    except ValueError:
        return {}
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}
