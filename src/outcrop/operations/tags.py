"""Tags: kept in a resource's document as a mapping, shown as AWS's lists of keys and values.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from outcrop.aws.errors import ServiceError

MOST_TAGS = 50
RESERVED_PREFIX = "aws:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRules:
    """A service's words for the tags that AWS refuses, and how it writes those that it takes."""

    reserved: Callable[[str], ServiceError]
    """Of a key that starts with `aws:`, which only AWS's own services may use."""
    too_many: Callable[[str], ServiceError]
    """Of a resource, as the request names it, that would carry more than it may."""
    repeated: Callable[[str], ServiceError] | None = None
    """Of a key that one request names twice; `None`: its requests hold mappings, which cannot."""
    most: int = MOST_TAGS
    """Of a resource."""
    key: str = "Key"
    value: str = "Value"

    def together(
        self,
        added: Iterable[Any] | Mapping[str, str],
        *,
        before: Mapping[str, str] | None = None,
        resource: str = "",
    ) -> dict[str, str]:
        """Return what a resource carries once a request's tags are added to those that it had.

        Args:
            added: As the request has them: a list or a mapping.
            before: What the resource carries; `None`: it is new.
            resource: As the request names it, for the error.

        Raises:
            ServiceError: AWS refuses them.
        """
        tags = dict(before or {}) | self._read(added)
        if len(tags) > self.most:
            raise self.too_many(resource)
        return tags

    def _read(self, added: Iterable[Any] | Mapping[str, str]) -> dict[str, str]:
        if isinstance(added, Mapping):
            added = to_list(cast("Mapping[str, str]", added), key=self.key, value=self.value)
        found: dict[str, str] = {}
        for tag in added:
            name = str(tag[self.key])
            if name.lower().startswith(RESERVED_PREFIX):
                raise self.reserved(name)
            if name in found and self.repeated:
                raise self.repeated(name)
            found[name] = str(tag.get(self.value, ""))
        return found


def to_list(tags: Mapping[str, str], *, key: str = "Key", value: str = "Value") -> list[Any]:
    """Return a mapping as a list of tags."""
    return [{key: name, value: text} for name, text in tags.items()]


def without(tags: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Return tags less those of some keys; unknown keys are no error, as on AWS."""
    gone = set(keys)
    return {name: text for name, text in tags.items() if name not in gone}
