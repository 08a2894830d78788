"""The paths by which a transform job picks parts of records: a part of JSONPath.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing-supported-inputs.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

Step: TypeAlias = Callable[[Any], Any]

_NAME = r"""'[^']*'|"[^"]*\""""
_STEP = re.compile(
    r"\.(?P<name>[A-Za-z_][\w-]*)"
    rf"|\[\s*(?P<names>(?:{_NAME})(?:\s*,\s*(?:{_NAME}))*)\s*\]"
    r"|\[\s*(?P<numbers>-?\d+(?:\s*,\s*-?\d+)*)\s*\]"
    r"|\[\s*(?P<slice>-?\d*\s*:\s*-?\d*(?:\s*:\s*-?\d*)?)\s*\]"
)


class NoSuchPartError(Exception):
    """A record has no part of this path."""


class JsonPath:
    """Picks a part of a record."""

    def __init__(self, path: str) -> None:
        """Read a path.

        Raises:
            ValueError: It is none, or uses more of JSONPath than is offered.
        """
        self.is_whole = path == "$"
        self._path = path
        self._steps: list[Step] = []
        place = 1
        if not path.startswith("$"):
            raise ValueError(f"{path!r} does not begin with $.")
        while place < len(path):
            found = _STEP.match(path, place)
            if found is None:
                raise ValueError(f"{path!r}: {path[place:]!r} is no step that is offered here.")
            self._steps.append(_step(found))
            place = found.end()

    def pick(self, record: Any) -> Any:
        """Return the part that the path names.

        Raises:
            NoSuchPartError: There is none.
        """
        try:
            for step in self._steps:
                record = step(record)
        except (IndexError, KeyError, TypeError) as error:
            raise NoSuchPartError(f"A record has no {self._path}.") from error
        return record


def _step(found: re.Match[str]) -> Step:
    if (name := found["name"]) is not None:
        return lambda record: _member(record, name)
    if found["names"] is not None:
        names = [one[1:-1] for one in re.findall(_NAME, found["names"])]
        if len(names) == 1:
            return lambda record: _member(record, names[0])
        return lambda record: {one: _member(record, one) for one in names}
    if found["numbers"] is not None:
        numbers = [int(one) for one in found["numbers"].split(",")]
        if len(numbers) == 1:
            return lambda record: _items(record)[numbers[0]]
        return lambda record: [_items(record)[one] for one in numbers]
    bounds = [int(one) if one.strip() else None for one in found["slice"].split(":")]
    return lambda record: _items(record)[slice(*bounds)]


def _member(record: Any, name: str) -> Any:
    if not isinstance(record, dict):
        raise TypeError(name)
    return cast("Mapping[str, Any]", record)[name]


def _items(record: Any) -> Sequence[Any]:
    if not isinstance(record, list):
        raise TypeError
    return cast("list[Any]", record)
