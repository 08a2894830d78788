"""Typed reading of native bodies, with the refusals that the vendors word.

Source: Amazon Bedrock User Guide, "Inference request parameters and response fields for foundation
models".
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from outcrop.aws.errors import ServiceError
from outcrop.services.bedrock_runtime.model_families.wording import SCHEMA, Kind, Path, Wording

_PYTHON_KINDS: dict[type, Kind] = {
    bool: "Boolean",
    dict: "JSONObject",
    list: "JSONArray",
    str: "String",
}


class Fields:
    """The members of one JSON object of a body; it remembers which were asked for."""

    def __init__(
        self, members: Mapping[str, Any], path: Path = (), *, wording: Wording = SCHEMA
    ) -> None:
        """Read an object.

        Args:
            members: The object.
            path: Where it stands in the body.
            wording: How to say what is wrong.
        """
        self._members = members
        self._path = path
        self._wording = wording
        self._asked: set[str] = set()
        self._inner: dict[Path, Fields] = {}

    @classmethod
    def of(cls, value: Any, path: Path = (), *, wording: Wording = SCHEMA) -> "Fields":
        """Return the fields of what must be an object.

        Raises:
            ServiceError: It is something else.
        """
        if not isinstance(value, dict):
            raise wording.refusal([wording.wrong_kind(path, "JSONObject", value)])
        return cls(cast("Mapping[str, Any]", value), path, wording=wording)

    def __contains__(self, name: str) -> bool:
        return self.raw(name) is not None

    def raw(self, name: str) -> Any:
        """Return a member as it stands, `None` where there is none."""
        self._asked.add(name)
        return self._members.get(name)

    def all(self) -> Iterable[tuple[str, Any]]:
        """Give all members, where their names are the caller's own."""
        self._asked.update(self._members)
        return self._members.items()

    def need(self, *names: str) -> None:
        """Insist on members.

        Raises:
            ServiceError: Some are missing.
        """
        missing = [name for name in names if name not in self]
        if missing:
            words = self._wording
            raise words.refusal([words.missing((*self._path, name)) for name in missing])

    def accept(self, *names: str) -> None:
        """Let members stand that AWS knows and that change nothing here."""
        self._asked.update(names)

    def extraneous(self) -> Iterable[str]:
        """Give what is wrong with members that nobody asked for, those of inner objects too."""
        for name in self._members:
            if name not in self._asked:
                yield self._wording.extraneous((*self._path, name))
        for fields in self._inner.values():
            yield from fields.extraneous()

    def refuse_extraneous(self) -> None:
        """Insist that every member was asked for.

        Raises:
            ServiceError: Some were not.
        """
        if problems := list(self.extraneous()):
            raise self._wording.refusal(problems)

    def refused(self, name: str, problem: str) -> ServiceError:
        """Return the refusal of a member; of the object itself where the name is empty."""
        path = (*self._path, name) if name else self._path
        return self._wording.refusal([self._wording.problem(path, problem)])

    def text(self, name: str, default: str = "") -> str:
        """Return a string."""
        return default if name not in self else self._typed(name, str)

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Return one of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            raise self.refused(name, f"{value} is not a valid enum value")
        return value

    def truth(self, name: str, *, default: bool) -> bool:
        """Return true or false."""
        return default if name not in self else self._typed(name, bool)

    def number(
        self, name: str, least: float | None = None, greatest: float | None = None
    ) -> float | None:
        """Return a number, or `None` where there is none."""
        value = self.raw(name)
        if value is None:
            return None
        if not _is_number(value):
            raise self._unexpected(name, "Number")
        return self._bounded(name, value, least, greatest)

    def integer(
        self, name: str, least: int | None = None, greatest: int | None = None
    ) -> int | None:
        """Return a whole number, or `None` where there is none."""
        value = self.raw(name)
        if value is None:
            return None
        if not _is_number(value) or value != int(value):
            raise self._unexpected(name, "Integer")
        return int(self._bounded(name, int(value), least, greatest))

    def texts(self, name: str) -> Sequence[str]:
        """Return strings; one alone counts as a list of one."""
        value = self.raw(name)
        if isinstance(value, str):
            return (value,)
        items = self.items(name)
        for index, item in enumerate(items):
            if not isinstance(item, str):
                path = (*self._path, name, index)
                raise self._wording.refusal([self._wording.wrong_kind(path, "String", item)])
        return items

    def items(self, name: str) -> Sequence[Any]:
        """Return the items of an array; none where there is no array."""
        return [] if name not in self else self._typed(name, list)

    def objects(self, name: str) -> Sequence["Fields"]:
        """Return the objects of an array."""
        return [
            self._within(item, (*self._path, name, index))
            for index, item in enumerate(self.items(name))
        ]

    def object(self, name: str) -> "Fields":
        """Return an object; an empty one where there is none."""
        value = self.raw(name)
        return self._within({} if value is None else value, (*self._path, name))

    def mapping(self, name: str) -> Mapping[str, Any]:
        """Return an object whose members are the caller's own; an empty one where there is none."""
        return {} if name not in self else self._typed(name, dict)

    def _within(self, value: Any, path: Path) -> "Fields":
        if path not in self._inner:
            self._inner[path] = Fields.of(value, path, wording=self._wording)
        return self._inner[path]

    def _typed(self, name: str, kind: type[Any]) -> Any:
        value = self.raw(name)
        if not isinstance(value, kind):
            raise self._unexpected(name, _PYTHON_KINDS[kind])
        return value

    def _unexpected(self, name: str, expected: Kind) -> ServiceError:
        words = self._wording
        problem = words.wrong_kind((*self._path, name), expected, self._members[name])
        return words.refusal([problem])

    def _bounded(
        self, name: str, value: float, least: float | None, greatest: float | None
    ) -> float:
        if (least is not None and value < least) or (greatest is not None and value > greatest):
            words = self._wording
            problem = words.out_of_range((*self._path, name), value, least, greatest)
            raise words.refusal([problem])
        return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
