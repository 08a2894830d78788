"""Tags in IAM's words.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations.tags import (
    MOST_TAGS,
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
    to_list,
)
from outcrop.services.iam import shapes


def new_tags(added: Sequence[Any], tags: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return tags with those of a request added.

    Raises:
        InvalidInputException: A key is AWS's own, or occurs twice.
        LimitExceededException: There are too many.
    """
    try:
        return merged(tags or {}, from_list(added))
    except ReservedTagError as error:
        raise shapes.InvalidInputException(
            "Tag keys beginning with 'aws:' are reserved for system use"
        ) from error
    except RepeatedTagError as error:
        raise shapes.InvalidInputException(
            "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        ) from error
    except TooManyTagsError as error:
        raise shapes.LimitExceededException(
            f"The number of tags has reached the maximum limit of {MOST_TAGS}."
        ) from error


def shown_tags(tags: Mapping[str, str]) -> list[shapes.Tag]:
    """Return tags as a list, by key."""
    return to_list(dict(sorted(tags.items())))
