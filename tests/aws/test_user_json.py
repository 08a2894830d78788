"""JSON that callers wrote, and how deep it may be nested."""

import json

import pytest

from outcrop.aws.user_json import MOST_LEVELS, read_json


def nested(levels: int, opening: str, closing: str) -> str:
    return opening * levels + "1" + closing * levels


@pytest.mark.parametrize("pair", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_as_many_levels_as_are_allowed_are_read_and_no_more(pair: tuple[str, str]) -> None:
    allowed = MOST_LEVELS // sum(map(pair[0].count, "[{"))
    text = nested(allowed, *pair)

    assert read_json(text) == json.loads(text)
    assert read_json(text.encode()) == json.loads(text)
    for levels in (allowed + 1, 100_000):
        with pytest.raises(ValueError, match="JSON of more than 200 levels"):
            read_json(nested(levels, *pair))


def test_many_shallow_values_are_no_depth() -> None:
    text = json.dumps([{"a": [index]} for index in range(1000)] + ["[" * 1000])

    assert read_json(text) == json.loads(text)


@pytest.mark.parametrize("text", ["", "{", b"\xff", "nul"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of `json`
        read_json(text)
