"""Tags of Comprehend's resources, checked.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/tagging.html
"""

from collections.abc import Iterable
from typing import Any

from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
)
from outcrop.services.comprehend import shapes


def checked_tags(tags: Iterable[Any], *, before: dict[str, str] | None = None) -> dict[str, str]:
    """Return what a resource carries once these tags are added to those that it had.

    Raises:
        InvalidRequestException: A key is AWS's own, or occurs twice.
        TooManyTagsException: They would be too many.
    """
    try:
        return merged(before or {}, from_list(tags))
    except ReservedTagError as error:
        raise shapes.InvalidRequestException(
            f"The tag key {error} is reserved: keys must not start with aws:."
        ) from error
    except RepeatedTagError as error:
        raise shapes.InvalidRequestException(f"The tag key {error} occurs twice.") from error
    except TooManyTagsError as error:
        raise shapes.TooManyTagsException(
            "The request contains too many tags: a resource can have up to 50."
        ) from error
