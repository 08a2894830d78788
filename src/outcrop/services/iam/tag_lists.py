"""Tags in IAM's words.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from collections.abc import Collection, Mapping, Sequence

from outcrop.operations.tags import MOST_TAGS, TagRules, to_list
from outcrop.services.iam import shapes

REPEATED = "Duplicate tag keys found. Please note that Tag keys are case insensitive."

new_tags = TagRules(
    reserved=lambda _: shapes.InvalidInputException(
        "Tag keys beginning with 'aws:' are reserved for system use"
    ),
    repeated=lambda _: shapes.InvalidInputException(REPEATED),
    too_many=lambda _: shapes.LimitExceededException(
        f"The number of tags has reached the maximum limit of {MOST_TAGS}."
    ),
).together


def entity_tags(
    added: Sequence[shapes.Tag], *, before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return what a role or a user carries; a key of theirs is the same in any case.

    Raises:
        InvalidInputException: A key comes twice.
    """
    keys = [tag["Key"].lower() for tag in added]
    if len(set(keys)) < len(keys):
        raise shapes.InvalidInputException(REPEATED)
    return new_tags(added, before=without_keys(before or {}, keys))


def without_keys(tags: Mapping[str, str], keys: Collection[str]) -> dict[str, str]:
    """Return the tags of a role or a user less those of some keys, in any case."""
    gone = {key.lower() for key in keys}
    return {key: value for key, value in tags.items() if key.lower() not in gone}


def shown_tags(tags: Mapping[str, str]) -> list[shapes.Tag]:
    """Return tags as a list, by key."""
    return to_list(dict(sorted(tags.items())))
