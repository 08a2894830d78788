"""How tool calls are told from words, and conversations about them retold."""

from collections.abc import Iterator
from typing import Any

import pytest

from outcrop.engines.chat.interface import (
    Message,
    Text,
    Tool,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
)
from outcrop.engines.chat.json_schemas import as_object, closed
from outcrop.engines.chat.tool_calls import (
    CallWatch,
    answer_tool,
    has_results,
    is_repeated,
    names_grammar,
    retold,
)


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[at : at + size] for at in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    "opening",
    [
        "{",
        "{\n  ",
        "{{",
        "[{",
        "```json\n{\n  ",
        "```\n{",
        "```tool_call\n{",
        "<tool_call>\n{",
        "<tool_call>\n{{",
        '{"type": "function", "function": {',
        '{"tool_calls": [{"id": "call_9f", "type": "function", "function": {',
        "[TOOL_CALLS] [{",
        "",
    ],
)
@pytest.mark.parametrize("words", ["", "Let me look.\n", "One\n\nTwo `x` {y}\n"])
def test_a_call_is_held_back_from_its_beginning(words: str, opening: str, size: int) -> None:
    watch = CallWatch()

    passed = "".join(watch.feed(piece) for piece in pieces(words + opening, size))

    assert (passed, watch.holds_call(), watch.release()) == (words, True, opening)


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    "text",
    [
        "Hello! How are you?",
        "```python\nprint({})\n```\nThat is it.",
        'Use ```json\n{"city": "Lyon", "n": 3}\n```, not this.',
        '```json\n{"city": "Lyon"}\n```',
        "<b>bold</b> and <tool> and\n<tool_box>",
        "[1] a note\n[x](y)",
        '"Quoted", he said.',
        "1. `a`\n2. `b`\n",
        "{x} is a set\n  indented\n\n",
    ],
)
def test_words_are_words_whatever_they_look_like(text: str, size: int) -> None:
    watch = CallWatch()

    passed = "".join(watch.feed(piece) for piece in pieces(text, size)) + watch.release()

    assert passed == text


def test_words_pass_without_waiting() -> None:
    watch = CallWatch()

    assert [watch.feed(text) for text in ("Well", ", {", "no", "\n", "{", "no")] == [
        "Well",
        ", {",
        "no",
        "\n",
        "",
        "{no",
    ]


def test_the_end_of_a_line_of_words_is_no_call() -> None:
    watch = CallWatch()
    watch.feed("He wrote {")

    assert not watch.holds_call()


def tool(name: str) -> Tool:
    return Tool(name, "", {})


def test_the_tool_that_stands_for_none_has_a_name_of_its_own() -> None:
    assert answer_tool([tool("weather")]).name == "answer"
    assert answer_tool([tool("answer"), tool("answer_1")]).name == "answer_2"


def test_names_are_told_apart_though_one_begins_another() -> None:
    assert names_grammar([tool("get"), tool("get_all")]) == 'root ::= "get\\"" | "get_all\\""'


ASKED = Message("user", [Text("Rain?")])
CALLED = Message("assistant", [Text("Wait."), ToolUse("1", "rain", {"in": "Évry", "on": [1]})])
TOLD = Message("user", [ToolResult("1", "no")])


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("rain", '{"on": [1], "in": "Évry"}', True),
        ("rain", '{"in": "Paris"}', False),
        ("snow", '{"in": "Évry", "on": [1]}', False),
        ("rain", '{"in": "Évry", "on', False),
        ("rain", '{"in": "no", "on": "no"}', True),
        ("snow", '{"in": "no", "on": "no"}', False),
    ],
)
def test_a_call_is_repeated_when_name_and_input_are_the_same(
    name: str, given: str, expected: bool
) -> None:
    deltas = [ToolUseStarted("2", name), ToolInputDelta(given[:5]), ToolInputDelta(given[5:])]

    assert is_repeated(deltas, [ASKED, CALLED, TOLD]) is expected


def test_what_was_called_before_the_user_spoke_again_may_be_called_again() -> None:
    deltas = [ToolUseStarted("2", "rain"), ToolInputDelta('{"in": "Évry", "on": [1]}')]

    assert not is_repeated(deltas, [ASKED, CALLED, TOLD, ASKED])
    assert has_results([ASKED, CALLED, TOLD])
    assert not has_results([ASKED, CALLED, TOLD, ASKED])


def test_calls_and_results_are_retold_in_words() -> None:
    called = Message("assistant", [ToolUse("1", "rain", {"in": "Évry"})])
    failed = Message("user", [ToolResult("2", "broken", is_error=True)])

    assert retold([ASKED, called, TOLD, failed]) == [
        Message(
            "user",
            [
                Text("Rain?"),
                Text('rain({"in": "Évry"}) returned:\nno'),
                Text("The tool failed:\nbroken"),
                Text(
                    "\nAnswer me in whole sentences, in the language of my question, "
                    "with this result."
                ),
            ],
        )
    ]


def test_words_beside_a_call_are_kept() -> None:
    assert retold([ASKED, CALLED]) == [ASKED, Message("assistant", [Text("Wait.")])]


def test_schemas_are_closed_where_they_name_their_properties() -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    shut = {**inner, "additionalProperties": False}
    schema = {
        "type": "object",
        "properties": {"a": inner, "list": {"type": "array", "items": inner}, "any": {}},
        "$defs": {"d": inner, "open": {**inner, "additionalProperties": True}},
        "anyOf": [inner, {"$ref": "#/$defs/d"}],
    }

    assert closed(schema) == {
        "type": "object",
        "properties": {"a": shut, "list": {"type": "array", "items": shut}, "any": {}},
        "$defs": {"d": shut, "open": {**inner, "additionalProperties": True}},
        "anyOf": [shut, {"$ref": "#/$defs/d"}],
        "additionalProperties": False,
    }


def test_a_tool_that_takes_nothing_is_given_nothing() -> None:
    takes_nothing = {"type": "object", "properties": {}}

    assert closed(takes_nothing) == {**takes_nothing, "additionalProperties": False}


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [{"properties": {"a": {}}}], "properties": {"b": {}}},
        {"properties": {}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]},
        {"type": "object"},
    ],
)
def test_schemas_that_are_put_together_or_name_nothing_stay_open(schema: Any) -> None:
    assert closed(schema) == schema


def test_a_schema_that_says_nothing_means_any_object() -> None:
    assert as_object({}) == {"type": "object"}
