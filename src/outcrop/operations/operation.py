"""An operation that Outcrop answers, and the decorator that names it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from outcrop.operations.call import Call

Handler = Callable[[Call, Any], Awaitable[Mapping[str, Any] | None]]
"""Takes the call and the parsed input; gives the output, `None` where the operation has none.

Input and output are plain values in the shapes of the service model: a timestamp is an aware
`datetime`, a blob is `bytes`, a streaming input is an `aws.http.Body`, a streaming output is
`bytes`, an async iterator of `bytes` or a `FileBody`; event streams are async iterators of `{event
name: members}` in both directions.
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one service."""

    name: str
    """As AWS writes it: `DetectLabels`."""
    handle: Handler


def operation(name: str) -> Callable[[Handler], Operation]:
    """Make a handler the operation called `name`."""

    def wrap(handler: Handler) -> Operation:
        return Operation(name, handler)

    return wrap
