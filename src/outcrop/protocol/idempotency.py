"""Idempotency tokens, which a caller may leave out.

Source: https://smithy.io/2.0/spec/behavior-traits.html#idempotencytoken-trait
"""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from botocore.model import StructureShape


def token_filler(shape: StructureShape | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what gives an input a fresh token where the caller sent none."""
    names = [
        name
        for name, member in (shape.members if shape is not None else {}).items()
        if member.metadata.get("idempotencyToken")
    ]

    if not names:
        return lambda members: members

    def fill(members: dict[str, Any]) -> dict[str, Any]:
        for name in names:
            if members.get(name) is None:
                members[name] = str(uuid4())
        return members

    return fill
