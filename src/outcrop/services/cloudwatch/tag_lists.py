"""Tags in CloudWatch's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
)
from outcrop.services.cloudwatch import shapes


def new_tags(added: Sequence[Any], tags: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return tags with those of a request added.

    Raises:
        InvalidParameterValueException: A key is AWS's own or occurs twice, or there are too many.
    """
    try:
        return merged(tags or {}, from_list(added))
    except ReservedTagError as error:
        raise shapes.InvalidParameterValueException(
            f"Tag keys must not start with aws: ({error})"
        ) from error
    except RepeatedTagError as error:
        raise shapes.InvalidParameterValueException(f"Tag keys must be unique ({error})") from error
    except TooManyTagsError as error:
        raise shapes.InvalidParameterValueException(
            "The resource must not have more than 50 tags."
        ) from error
