"""What services take for tags, and what they say of those that AWS refuses."""

from typing import Any

import pytest

from outcrop.aws.errors import ValidationError
from outcrop.operations.tags import TagRules, to_list, without

RULES = TagRules(
    reserved=lambda key: ValidationError(f"{key} is reserved"),
    repeated=lambda key: ValidationError(f"{key} is repeated"),
    too_many=lambda resource: ValidationError(f"{resource} has too many"),
    key="key",
    value="value",
    most=2,
)


def test_lists_and_mappings_are_the_same_tags() -> None:
    listed = [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]

    tags = RULES.together([listed[0], {"key": "b"}])

    assert tags == RULES.together(tags) == {"a": "1", "b": ""}
    assert to_list(tags, key="key", value="value") == listed


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ([{"key": "AWS:x", "value": "1"}], "AWS:x is reserved"),
        ({"aws:x": "1"}, "aws:x is reserved"),
        ([{"key": "x", "value": "1"}, {"key": "x", "value": "2"}], "x is repeated"),
        ({"b": "2", "c": "3"}, "the bucket has too many"),
    ],
)
def test_what_aws_refuses_is_told_in_the_services_words(added: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        RULES.together(added, before={"a": "1"}, resource="the bucket")


def test_tags_are_overwritten_and_counted_together() -> None:
    assert RULES.together({"b": "3"}, before={"a": "1", "b": "2"}) == {"a": "1", "b": "3"}


def test_unknown_keys_may_be_removed() -> None:
    assert without({"a": "1", "b": "2"}, ["b", "c"]) == {"a": "1"}
