"""A path that a service answers beside its AWS operations: the OpenAI and Anthropic forms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.operations.call import Call

RouteHandler = Callable[[Call, HttpRequest], Awaitable[HttpResponse]]


@dataclass(frozen=True, slots=True)
class HttpRoute:
    """One method and its paths, answered as they stand, without a service model."""

    method: str
    paths: tuple[str, ...]
    """Compared with the raw path, letter by letter."""
    handle: RouteHandler


def http_route(method: str, *paths: str) -> Callable[[RouteHandler], HttpRoute]:
    """Make a handler answer a method and paths."""

    def wrap(handler: RouteHandler) -> HttpRoute:
        return HttpRoute(method, paths, handler)

    return wrap
