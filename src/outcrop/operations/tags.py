"""Tags: kept in a resource's document as a mapping, shown as AWS's lists of keys and values.

Source: https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_TAGS = 50
RESERVED_PREFIX = "aws:"


class TagProblem(Exception):  # noqa: N818 - not an error until a handler says which
    """Tags that AWS refuses."""


class ReservedTagError(TagProblem):
    """A key starts with `aws:`, which only AWS's own services may use."""


class RepeatedTagError(TagProblem):
    """One request names a key twice."""


class TooManyTagsError(TagProblem):
    """The resource would carry more tags than it may."""
