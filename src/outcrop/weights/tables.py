"""Takes typed values out of a TOML table, and tells which keys nobody took."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from outcrop.weights.errors import CatalogError

T = TypeVar("T")


class Table:
    """A TOML table whose values are taken one by one; what is left at the end is an error."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        name = values.get("name")
        self.where = f"{where} ({name})" if isinstance(name, str) else where
        self._values = values
        self._left = set(values)

    def keys_left(self) -> list[str]:
        """Return the keys that nobody has taken."""
        return sorted(self._left)

    def close(self) -> None:
        """Refuse the keys that nobody has taken."""
        if self._left:
            raise CatalogError(f"{self.where}: unknown keys {', '.join(sorted(self._left))}")

    def text(self, key: str) -> str:
        """Take a string."""
        return self._take(key, str)

    def optional_text(self, key: str) -> str | None:
        """Take a string, if there is one."""
        return self._take(key, str) if key in self._values else None

    def number(self, key: str) -> int:
        """Take a whole number above zero."""
        value = self._take(key, int)
        if value < 1:
            raise CatalogError(f"{self.where}: {key} must be above zero, not {value}")
        return value

    def optional_number(self, key: str) -> int | None:
        """Take a whole number above zero, if there is one."""
        return self.number(key) if key in self._values else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Take an array of strings."""
        values = cast("list[object]", self._take(key, list))
        if not all(isinstance(value, str) for value in values):
            raise CatalogError(f"{self.where}: {key} must be an array of strings")
        return tuple(cast("list[str]", values))

    def optional_texts(self, key: str) -> tuple[str, ...]:
        """Take an array of strings; none is an empty one."""
        return self.texts(key) if key in self._values else ()

    def table(self, key: str) -> "Table":
        """Take a table."""
        return Table(cast("dict[str, Any]", self._take(key, dict)), f"{self.where}.{key}")

    def optional_table(self, key: str) -> "Table | None":
        """Take a table, if there is one."""
        return self.table(key) if key in self._values else None

    def tables(self, key: str) -> "list[Table]":
        """Take an array of tables; none is an empty one."""
        if key not in self._values:
            return []
        values = cast("list[object]", self._take(key, list))
        if not all(isinstance(value, dict) for value in values):
            raise CatalogError(f"{self.where}: {key} must be an array of tables")
        return [
            Table(cast("dict[str, Any]", value), f"{self.where}.{key}[{index}]")
            for index, value in enumerate(values)
        ]

    def _take(self, key: str, kind: type[T]) -> T:
        if key not in self._values:
            raise CatalogError(f"{self.where}: {key} is missing")
        value = self._values[key]
        # A TOML boolean is a Python int too.
        if not isinstance(value, kind) or isinstance(value, bool):
            raise CatalogError(f"{self.where}: {key} must be a {kind.__name__}")
        self._left.discard(key)
        return value
