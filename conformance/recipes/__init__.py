"""What random values cannot give: things that exist before the request is sent.

A service that needs it has a module here, named like its folder in `outcrop.services`, with a
`RECIPE`.
"""

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from conformance.calls import Client, as_account

Prepare: TypeAlias = Callable[[Client, str], Mapping[str, Any]]
"""Makes what an operation needs in an empty account, and returns values for members of its input,
by their names."""


def nothing(client: Client, operation: str) -> Mapping[str, Any]:
    """Prepare nothing."""
    del client, operation
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How valid requests of one service are made."""

    prepare: Prepare = nothing
    needed: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Members that every request of an operation has, though the model calls them optional."""
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Members that the full request of an operation leaves out, for they exclude others; those of
    `""` are left out of every one."""
    errors: Mapping[str, int] = field(default_factory=dict[str, int])
    """Errors that the documentation lists and the service model does not, with their statuses."""
    tolerated: tuple[str, ...] = ()
    """Regular expressions for faults that AWS's own answers have, too."""
    unavailable: frozenset[str] = frozenset()
    """Members that Outcrop refuses as not implemented; requests that name one are not sent."""
    endless: frozenset[str] = frozenset()
    """Operations whose streamed answers do not end by themselves."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings that the server needs, as variables."""
    runs_programs: bool = False
    """Whether programs run in an account: it is emptied after its use, which ends them."""

    @contextmanager
    def account(self, client: Client, account: str) -> Iterator[None]:
        """Let the calls of this thread be those of an account of its own."""
        with as_account(account):
            try:
                yield
            finally:
                if self.runs_programs:
                    client.empty_account()

    def left_out(self, operation: str) -> frozenset[str]:
        """Return the members that an operation's full request leaves out."""
        own = self.without.get(operation, ())
        return frozenset((*own, *self.without.get("", ()))) | self.unavailable

    def tolerates(self, fault: str) -> bool:
        """Return whether AWS's own answers have this fault."""
        return any(re.search(pattern, fault) for pattern in self.tolerated)

    def is_unavailable(self, request: Any) -> bool:
        """Return whether a request, or a part of one, names an unavailable member."""
        if isinstance(request, Mapping):
            parts = cast("Mapping[str, Any]", request)
            return any(
                name in self.unavailable or self.is_unavailable(part)
                for name, part in parts.items()
            )
        return isinstance(request, list) and any(map(self.is_unavailable, request))


def recipe_of(service: str) -> Recipe:
    """Return the recipe of a service; an empty one where none is needed."""
    name = f"conformance.recipes.{service.replace('-', '_')}"
    if importlib.util.find_spec(name) is None:
        return Recipe()
    recipe = importlib.import_module(name).RECIPE
    assert isinstance(recipe, Recipe)
    return recipe
