"""Tags in ECR's words."""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
)
from outcrop.services.ecr import shapes


def new_tags(added: Sequence[Any], tags: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return tags with those of a request added.

    Raises:
        InvalidTagParameterException: A key is AWS's own, or occurs twice.
        TooManyTagsException: There are too many.
    """
    try:
        return merged(tags or {}, from_list(added))
    except ReservedTagError as error:
        raise shapes.InvalidTagParameterException(
            f"Invalid parameter at 'tagKeys' failed to satisfy constraint: 'Tag key {error} must"
            " not start with aws:'"
        ) from error
    except RepeatedTagError as error:
        raise shapes.InvalidTagParameterException(
            f"Invalid parameter at 'tags' failed to satisfy constraint: 'Duplicate key {error}'"
        ) from error
    except TooManyTagsError as error:
        raise shapes.TooManyTagsException(
            "The list of tags on the repository is over the limit. The maximum number of tags that"
            " can be applied to a repository is 50."
        ) from error
