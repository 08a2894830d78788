"""What random values cannot give: things that exist before the request is sent.

A service that needs it has a module here, named like its folder in `outcrop.services`, with a
`RECIPE`.
"""

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from conformance.calls import Client

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
    without: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Members that the full request of an operation leaves out, for they exclude others."""
    errors: Mapping[str, int] = field(default_factory=dict[str, int])
    """Errors that the documentation lists and the service model does not, with their statuses."""
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings that the server needs, as variables."""


def recipe_of(service: str) -> Recipe:
    """Return the recipe of a service; an empty one where none is needed."""
    name = f"conformance.recipes.{service.replace('-', '_')}"
    if importlib.util.find_spec(name) is None:
        return Recipe()
    recipe = importlib.import_module(name).RECIPE
    assert isinstance(recipe, Recipe)
    return recipe
