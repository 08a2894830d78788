"""Who signs with an access key, and the secret that they sign with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from outcrop.operations.call import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyHolder:
    """Who signs with an access key, and the secret that they sign with."""

    principal: Principal
    secret: str = field(repr=False)


IssuedKeys = Callable[[str], Awaitable[KeyHolder | None]]
"""Finds the holder of an access key id that was handed out while the server ran, by IAM.

`None` for keys that are not known, or not active.
"""
