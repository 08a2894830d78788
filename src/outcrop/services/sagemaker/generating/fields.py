"""The members of a JSON request, each of the kind that its reader expects."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.services.sagemaker.generating.messages import RefusalError

Refuse = Callable[[str], RefusalError]
"""Returns a container's way to say that a request is wrong."""


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object of a request; its methods raise what `refuse` makes of what is wrong."""

    values: Mapping[str, Any]
    refuse: Refuse

    @classmethod
    def of(cls, body: bytes, refuse: Refuse) -> "Fields":
        """Read a body.

        Raises:
            RefusalError: It is no JSON object.
        """
        try:
            value = read_json(body.decode())
        except (ValueError, UnicodeDecodeError) as error:
            raise RefusalError(400, f"Failed to parse the request body as JSON: {error}") from error
        if not isinstance(value, dict):
            raise refuse("the request must be a JSON object")
        return cls(cast("dict[str, Any]", value), refuse)

    def has(self, name: str) -> bool:
        """Tell whether a member says anything."""
        return self.values.get(name) is not None

    def object(self, name: str) -> "Fields":
        """Return a member that is an object; an empty one if it is not there."""
        return Fields(self._of_kind(name, dict, "an object", {}), self.refuse)

    def objects(self, name: str) -> "list[Fields]":
        """Return a member that is a list of objects."""
        items: list[Any] = self._of_kind(name, list, "a list", [])
        if not all(isinstance(item, dict) for item in items):
            raise self.refuse(f"`{name}` must be a list of objects")
        return [Fields(item, self.refuse) for item in items]

    def text(self, name: str, default: str = "") -> str:
        """Return a member that is a text."""
        return str(self._of_kind(name, str, "a string", default))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a member that is a text or a list of texts."""
        value = self.values.get(name)
        if isinstance(value, str):
            return (value,)
        items: list[Any] = self._of_kind(name, list, "a string or a list of strings", [])
        if not all(isinstance(item, str) for item in items):
            raise self.refuse(f"`{name}` must be a string or a list of strings")
        return tuple(items)

    def truth(self, name: str, *, default: bool = False) -> bool:
        """Return a member that is true or false."""
        return bool(self._of_kind(name, bool, "a boolean", default))

    def integer(self, name: str, *, least: int | None = None) -> int | None:
        """Return a member that is a whole number."""
        value = self.number(name)
        if value is None:
            return None
        if value != int(value):
            raise self.refuse(f"`{name}` must be an integer")
        if least is not None and value < least:
            what = "strictly positive" if least == 1 else f">= {least}"
            raise self.refuse(f"`{name}` must be {what}")
        return int(value)

    def number(
        self, name: str, fits: Callable[[float], bool] | None = None, rule: str = ""
    ) -> float | None:
        """Return a member that is a number, and keeps a rule."""
        value = self.values.get(name)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            raise self.refuse(f"`{name}` must be a number")
        if fits is not None and not fits(value):
            raise self.refuse(f"`{name}` must be {rule}")
        return value

    def refuse_if_set(self, names: Sequence[str]) -> None:
        """Refuse members that ask for what no engine here does."""
        for name in names:
            if self.values.get(name):
                raise self.refuse(f"`{name}` is not offered by this server")

    def _of_kind(self, name: str, kind: type, what: str, default: Any) -> Any:
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise self.refuse(f"`{name}` must be {what}")
        return value
