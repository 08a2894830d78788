"""Members of a model's native answer that Converse is asked to tell beside its own.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, parameter
additionalModelResponseFieldPaths; RFC 6901, JSON Pointer.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from outcrop.engines.chat.interface import Finished, Prompt
from outcrop.services.bedrock_runtime import shapes
from outcrop.services.bedrock_runtime.generation import Reply
from outcrop.services.bedrock_runtime.model_families.registry import text_family

_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")


@dataclass(frozen=True, slots=True)
class ResponseFields:
    """What one request asks for."""

    model_id: str
    prompt: Prompt
    pointers: Sequence[str]

    def __post_init__(self) -> None:
        """Insist on JSON Pointers.

        Raises:
            ServiceError: `ValidationException`: one is malformed.
        """
        for index, pointer in enumerate(self.pointers):
            if not _POINTER.fullmatch(pointer):
                raise shapes.ValidationException(
                    f"The value {pointer} at additionalModelResponseFieldPaths.{index} is not a "
                    "JSON Pointer. Begin it with / and try again."
                )

    def of(self, reply: Reply, finished: Finished) -> Mapping[str, Any]:
        """Return the members found, nested as in the native answer; missing ones are left out."""
        if not self.pointers:
            return {}
        # The form of `messages`, which Converse stands for where a family has two.
        family = text_family(self.model_id, {"messages": []})
        native = family.write(self.model_id, self.prompt, reply, finished)
        found: dict[str, Any] = {}
        for pointer in self.pointers:
            _copy(native, _steps(pointer), found)
        return found


def _steps(pointer: str) -> list[str]:
    steps = pointer.split("/")[1:]
    return [step.replace("~1", "/").replace("~0", "~") for step in steps]


def _copy(source: Any, steps: Sequence[str], target: dict[str, Any]) -> None:
    """Copy what the steps lead to, with the objects on the way; indices become names."""
    value = source
    for step in steps:
        value = _step(value, step)
        if value is _NOTHING:
            return
    if not steps:
        return
    for step in steps[:-1]:
        inner = target.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        target = cast("dict[str, Any]", inner)
    target[steps[-1]] = value


_NOTHING = object()


def _step(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).get(step, _NOTHING)
    if isinstance(value, list) and step.isdecimal():
        items = cast("list[Any]", value)
        return items[int(step)] if int(step) < len(items) else _NOTHING
    return _NOTHING
