"""Tags: kept in a resource's document as a mapping, shown as AWS's lists of keys and values.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from collections.abc import Iterable, Mapping
from typing import Any

MOST_TAGS = 50
RESERVED_PREFIX = "aws:"


class TagError(Exception):
    """Tags that AWS refuses; a handler says it in its service's words."""


class ReservedTagError(TagError):
    """A key starts with `aws:`, which only AWS's own services may use."""


class RepeatedTagError(TagError):
    """One request names a key twice."""


class TooManyTagsError(TagError):
    """The resource would carry more tags than it may."""


def from_list(tags: Iterable[Any], *, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Return the mapping of a list of tags, in whatever case the service writes its members.

    Raises:
        ReservedTagError: A key is AWS's own.
        RepeatedTagError: A key occurs twice.
    """
    found: dict[str, str] = {}
    for tag in tags:
        name = str(tag[key])
        if name.lower().startswith(RESERVED_PREFIX):
            raise ReservedTagError(name)
        if name in found:
            raise RepeatedTagError(name)
        found[name] = str(tag.get(value, ""))
    return found


def to_list(tags: Mapping[str, str], *, key: str = "Key", value: str = "Value") -> list[Any]:
    """Return a mapping as a list of tags."""
    return [{key: name, value: text} for name, text in tags.items()]


def merged(
    tags: Mapping[str, str], added: Mapping[str, str], *, most: int = MOST_TAGS
) -> dict[str, str]:
    """Return tags with others added or overwritten.

    Raises:
        TooManyTagsError: They are more than `most`.
    """
    together = {**tags, **added}
    if len(together) > most:
        raise TooManyTagsError(f"{len(together)}")
    return together


def without(tags: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Return tags less those of some keys; unknown keys are no error, as on AWS."""
    gone = set(keys)
    return {name: text for name, text in tags.items() if name not in gone}
