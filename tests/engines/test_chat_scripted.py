"""The scripted chat model: rules instead of a model."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest

from outcrop.engines.chat.interface import (
    ChatError,
    ContextOverflowError,
    Delta,
    Finished,
    GenerationFailedError,
    InvalidPromptError,
    Message,
    ModelUnavailableError,
    OverloadedError,
    Prompt,
    Sampling,
    Text,
    TextDelta,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
    Usage,
)
from outcrop.engines.chat.scripted import ScriptedChatModel
from outcrop.engines.chat.settings import ScriptedRule, ScriptedSettings

HELLO = [Message("user", [Text("Hello there")])]


def script(*rules: ScriptedRule) -> ScriptedChatModel:
    return ScriptedChatModel(ScriptedSettings(rules=rules))


def said(
    model: ScriptedChatModel, messages: Sequence[Message] = HELLO, **prompt: Any
) -> list[Delta]:
    async def collect() -> list[Delta]:
        asked = Prompt(messages=messages, **prompt)
        return [delta async for delta in model.generate(asked)]

    return asyncio.run(collect())


def finished(input_tokens: int, output_tokens: int, **how: Any) -> Finished:
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    return Finished(**{"reason": "end", "usage": usage, **how})


def test_text_comes_word_by_word() -> None:
    assert said(script(ScriptedRule(text="Good  day to you"))) == [
        TextDelta("Good"),
        TextDelta("  day"),
        TextDelta(" to"),
        TextDelta(" you"),
        finished(2, 4),
    ]


def test_the_first_rule_that_fits_is_followed() -> None:
    model = script(
        ScriptedRule(user="goodbye", text="no"),
        ScriptedRule(user="(?i)hello", text="yes"),
        ScriptedRule(text="late"),
    )

    assert said(model)[0] == TextDelta("yes")


def test_rules_may_be_for_some_model_ids() -> None:
    model = script(
        ScriptedRule(model_id="anthropic.*", text="one"), ScriptedRule(model_id="*", text="other")
    )

    first = [said(model, model_id=i)[0] for i in ("anthropic.claude-3-sonnet", "meta.llama3-8b")]

    assert first == [TextDelta("one"), TextDelta("other")]


def test_texts_name_what_the_pattern_found() -> None:
    rule = ScriptedRule(
        user=r"in (?P<city>\w+) on (\w+)( at noon)?",
        text="{city} {2}{3}: {{{0}}}",
    )

    said_of = said(script(rule), [Message("user", [Text("Rain in Lyon on Monday?")])])

    text = "".join(delta.text for delta in said_of if isinstance(delta, TextDelta))
    assert text == "Lyon Monday: {in Lyon on Monday}"


def test_a_tool_is_asked_for_with_what_the_pattern_found() -> None:
    rule = ScriptedRule(
        user=r"in (?P<city>\w+)",
        text="Looking",
        tool="weather",
        tool_input={"city": "{city}", "days": [1, "{city}!"]},
    )

    assert said(script(rule), [Message("user", [Text("Snow in Lyon?")])]) == [
        TextDelta("Looking"),
        ToolUseStarted("scripted_1", "weather"),
        ToolInputDelta('{"city": "Lyon", "days": [1, "Lyon!"]}'),
        finished(3, 6, reason="tool_use"),
    ]


def test_a_rule_may_wait_for_a_tools_result() -> None:
    model = script(
        ScriptedRule(after_tool=False, tool="weather"),
        ScriptedRule(after_tool=True, user="Rain", text="It is dry."),
    )
    messages = [
        Message("user", [Text("Rain?")]),
        Message("assistant", [ToolUse("scripted_1", "weather", {})]),
        Message("user", [ToolResult("scripted_1", "no rain")]),
    ]

    assert said(model, messages[:1])[0] == ToolUseStarted("scripted_1", "weather")
    assert said(model, messages) == [
        TextDelta("It"),
        TextDelta(" is"),
        TextDelta(" dry."),
        finished(3, 3),
    ]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("overloaded", OverloadedError),
        ("too_long", ContextOverflowError),
        ("unavailable", ModelUnavailableError),
        ("invalid", InvalidPromptError),
        ("failed", GenerationFailedError),
    ],
)
def test_errors_are_raised_in_their_own_words(kind: Any, error: type[ChatError]) -> None:
    with pytest.raises(error, match="so it goes"):
        said(script(ScriptedRule(error=kind, error_message="so it goes")))


def test_an_error_behind_a_text_cuts_the_stream() -> None:
    async def first_then_error() -> Delta:
        deltas = script(ScriptedRule(text="Once", error="failed")).generate(Prompt(messages=HELLO))
        first = await anext(deltas)
        with pytest.raises(GenerationFailedError):
            await anext(deltas)
        return first

    assert asyncio.run(first_then_error()) == TextDelta("Once")


def test_no_rule_is_an_error_that_quotes_the_user() -> None:
    model = script(ScriptedRule(user="bye", text="bye"))

    with pytest.raises(InvalidPromptError, match=r"No rule of 'scripted' fits for x\.y: 'Hello"):
        said(model, model_id="x.y")


@pytest.mark.parametrize(
    ("sampling", "expected"),
    [
        (
            Sampling(max_tokens=2),
            [TextDelta("a"), TextDelta(" b"), finished(2, 2, reason="max_tokens")],
        ),
        (
            Sampling(stop_sequences=["zz", "c"]),
            [
                TextDelta("a"),
                TextDelta(" b"),
                TextDelta(" "),
                finished(2, 3, reason="stop_sequence", stop_sequence="c"),
            ],
        ),
    ],
)
def test_sampling_ends_a_text(sampling: Sampling, expected: list[Delta]) -> None:
    assert said(script(ScriptedRule(text="a b c d")), sampling=sampling) == expected


def test_delays_are_kept() -> None:
    async def seconds() -> float:
        loop = asyncio.get_running_loop()
        model = script(ScriptedRule(text="a b c", delay_seconds=0.05, word_delay_seconds=0.02))
        began = loop.time()
        async for _ in model.generate(Prompt(messages=HELLO)):
            pass
        return loop.time() - began

    assert asyncio.run(seconds()) >= 0.09


def test_a_text_ends_with_its_time_unless_it_is_json() -> None:
    slow = script(ScriptedRule(text="one two three", word_delay_seconds=0.02))
    hurried = Sampling(max_seconds=0.01)

    cut = said(slow, sampling=hurried)
    whole = said(slow, sampling=hurried, json_schema={})

    assert cut == [
        TextDelta("one"),
        TextDelta(" two"),
        finished(2, 2, reason="max_tokens"),
    ]
    assert whole[-1] == finished(2, 3)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({}, "needs a text, a tool or an error"),
        ({"user": "(", "text": "x"}, "'(' is no regular expression: missing ), unterminated"),
        ({"text": "{city}"}, "'{city}' names a group that '' lacks"),
        ({"tool": "t", "tool_input": {"a": [{"b": "{1}"}]}}, "'{1}' names a group"),
        ({"text": "{"}, "'{' is no template: Single '{'"),
        ({"tool": "t", "error": "failed"}, "both a tool and an error"),
        ({"text": "x", "tool_input": {"a": 1}}, "an input, but no tool"),
        ({"text": "x", "delay_seconds": -1}, "negative"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(rule: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=re.escape(complaint)):
        ScriptedRule(**rule)
