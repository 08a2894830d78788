"""Tags between lists and mappings."""

import pytest

from outcrop.operations.tags import (
    RepeatedTagError,
    ReservedTagError,
    TooManyTagsError,
    from_list,
    merged,
    to_list,
    without,
)


def test_lists_and_mappings_are_the_same_tags() -> None:
    listed = [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]

    tags = from_list([listed[0], {"key": "b"}], key="key", value="value")

    assert tags == {"a": "1", "b": ""}
    assert to_list(tags, key="key", value="value") == listed


def test_keys_of_aws_are_reserved_in_any_case() -> None:
    with pytest.raises(ReservedTagError):
        from_list([{"Key": "AWS:x", "Value": "1"}])


def test_a_key_may_occur_once() -> None:
    with pytest.raises(RepeatedTagError):
        from_list([{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}])


def test_tags_are_overwritten_and_counted_together() -> None:
    assert merged({"a": "1", "b": "2"}, {"b": "3", "c": "4"}) == {"a": "1", "b": "3", "c": "4"}
    with pytest.raises(TooManyTagsError):
        merged({"a": "1"}, {"b": "2"}, most=1)


def test_unknown_keys_may_be_removed() -> None:
    assert without({"a": "1", "b": "2"}, ["b", "c"]) == {"a": "1"}
