"""Tags in IAM's words.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from collections.abc import Mapping

from outcrop.operations.tags import MOST_TAGS, TagRules, to_list
from outcrop.services.iam import shapes

new_tags = TagRules(
    reserved=lambda _: shapes.InvalidInputException(
        "Tag keys beginning with 'aws:' are reserved for system use"
    ),
    repeated=lambda _: shapes.InvalidInputException(
        "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    ),
    too_many=lambda _: shapes.LimitExceededException(
        f"The number of tags has reached the maximum limit of {MOST_TAGS}."
    ),
).together


def shown_tags(tags: Mapping[str, str]) -> list[shapes.Tag]:
    """Return tags as a list, by key."""
    return to_list(dict(sorted(tags.items())))
