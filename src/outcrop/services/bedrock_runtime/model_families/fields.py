"""Typed reading of native bodies, with the refusals that Bedrock words.

Source: Amazon Bedrock User Guide, "Inference request parameters and response fields for foundation
models"; the wording is that of Bedrock's schema validation.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from outcrop.services.bedrock_runtime import shapes

JSON_TYPES = {
    bool: "Boolean",
    dict: "JSONObject",
    float: "Number",
    int: "Integer",
    list: "JSONArray",
    str: "String",
    type(None): "Null",
}


def malformed(problem: str) -> Exception:
    """Return Bedrock's refusal of a body."""
    return shapes.ValidationException(
        f"Malformed input request: {problem}, please reformat your input and try again."
    )


class Fields:
    """The members of one JSON object of a body."""

    def __init__(self, members: Mapping[str, Any], path: str = "#") -> None:
        """Read an object.

        Args:
            members: The object.
            path: Where it stands in the body, as a JSON pointer.
        """
        self.members = members
        self.path = path

    @classmethod
    def of(cls, value: Any, path: str = "#") -> "Fields":
        """Return the fields of what must be an object.

        Raises:
            ServiceError: It is something else.
        """
        return cls(cast("Mapping[str, Any]", _typed(value, dict, path)), path)

    def __contains__(self, name: str) -> bool:
        return self.members.get(name) is not None

    def need(self, *names: str) -> None:
        """Insist on members.

        Raises:
            ServiceError: One is missing.
        """
        for name in names:
            if name not in self:
                raise malformed(f"{self.path}: required key [{name}] not found")

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        return default if name not in self else _typed(self.members[name], str, self._at(name))

    def truth(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        return default if name not in self else _typed(self.members[name], bool, self._at(name))

    def number(
        self, name: str, least: float | None = None, greatest: float | None = None
    ) -> float | None:
        """Return a number, or `None` where there is none."""
        if name not in self:
            return None
        value = self.members[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _unexpected("Number", value, self._at(name))
        return _bounded(value, least, greatest, self._at(name))

    def integer(
        self, name: str, least: int | None = None, greatest: int | None = None
    ) -> int | None:
        """Return a whole number, or `None` where there is none."""
        value = self.number(name)
        if value is None:
            return None
        if value != int(value):
            raise _unexpected("Integer", value, self._at(name))
        return int(_bounded(value, least, greatest, self._at(name)))

    def texts(self, name: str) -> Sequence[str]:
        """Return strings; one alone counts as a list of one."""
        value = self.members.get(name)
        if isinstance(value, str):
            return (value,)
        return [
            _typed(item, str, f"{self._at(name)}/{index}")
            for index, item in enumerate(self.items(name))
        ]

    def items(self, name: str) -> Sequence[Any]:
        """Return the items of an array; none where there is no array."""
        return [] if name not in self else _typed(self.members[name], list, self._at(name))

    def objects(self, name: str) -> Sequence["Fields"]:
        """Return the objects of an array."""
        return [
            Fields.of(item, f"{self._at(name)}/{index}")
            for index, item in enumerate(self.items(name))
        ]

    def object(self, name: str) -> "Fields":
        """Return an object; an empty one where there is none."""
        return Fields.of(self.members.get(name) or {}, self._at(name))

    def _at(self, name: str) -> str:
        return f"{self.path}/{name}"


def _typed(value: Any, kind: type[Any], path: str) -> Any:
    if not isinstance(value, kind):
        raise _unexpected(JSON_TYPES[kind], value, path)
    return value


def _unexpected(expected: str, value: Any, path: str) -> Exception:
    kind = cast("type[Any]", type(value))
    found = JSON_TYPES.get(kind, kind.__name__)
    return malformed(f"{path}: expected type: {expected}, found: {found}")


def _bounded(value: float, least: float | None, greatest: float | None, path: str) -> float:
    if least is not None and value < least:
        raise malformed(f"{path}: {value} is not greater or equal to {least}")
    if greatest is not None and value > greatest:
        raise malformed(f"{path}: {value} is not less or equal to {greatest}")
    return value
