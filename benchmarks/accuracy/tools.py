"""How often a local model calls the right tool, calls none, and answers from a result.

    python benchmarks/accuracy/tools.py WEIGHTS.gguf [--show]

Self-written cases in English and French: they show that tools work, not how good a model is.
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from outcrop.engines.chat.interface import (
    Message,
    Prompt,
    Sampling,
    Text,
    TextDelta,
    Tool,
    ToolInputDelta,
    ToolResult,
    ToolUse,
    ToolUseStarted,
)
from outcrop.engines.chat.llama_cpp import LlamaCppChatModel
from outcrop.engines.chat.settings import LlamaCppSettings

STRING = {"type": "string"}


def tool(name: str, description: str, **properties: Any) -> Tool:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return Tool(name, description, schema)


WEATHER = tool(
    "get_weather",
    "Get the current weather in a city.",
    city={"type": "string", "description": "Name of the city"},
)
ORDERS = tool(
    "search_orders",
    "Search the orders of a customer.",
    customer=STRING,
    status={"type": "string", "enum": ["open", "shipped", "returned"]},
)
CALCULATE = tool("calculate", "Evaluate an arithmetic expression exactly.", expression=STRING)
EMAIL = tool("send_email", "Send an e-mail.", to=STRING, subject=STRING, body=STRING)
BOOK = tool(
    "book_table",
    "Book a table in a restaurant.",
    restaurant=STRING,
    when={
        "type": "object",
        "properties": {"date": STRING, "time": STRING},
        "required": ["date", "time"],
    },
    guests={"type": "integer"},
)


@dataclass(frozen=True)
class Case:
    """A conversation and what should come of it."""

    group: str
    tools: Sequence[Tool]
    messages: Sequence[Message]
    call: str | None
    """The tool that should be called, if any."""
    fits: Callable[[Any], bool] = lambda _: True
    """Whether the call's input, or the answer's text, is right."""


def user(text: str) -> Message:
    return Message("user", [Text(text)])


def needed(tools: Sequence[Tool], text: str, call: str, fits: Callable[[Any], bool]) -> Case:
    return Case("a tool is needed", tools, [user(text)], call, fits)


def not_needed(tools: Sequence[Tool], text: str) -> Case:
    return Case("no tool is needed", tools, [user(text)], None)


def after(
    tools: Sequence[Tool],
    text: str,
    called: ToolUse,
    result: str,
    fits: Callable[[Any], bool],
    call: str | None = None,
) -> Case:
    messages = [
        user(text),
        Message("assistant", [called]),
        Message("user", [ToolResult(called.id, result)]),
    ]
    group = "a second call is needed" if call else "after a result, an answer"
    return Case(group, tools, messages, call, fits)


def has(name: str, *parts: str) -> Callable[[Any], bool]:
    return lambda value: all(part in str(value[name]).lower() for part in parts)


def says(*parts: str) -> Callable[[Any], bool]:
    return lambda text: all(part in text.replace(",", "").replace("\u202f", "") for part in parts)


CASES = [
    needed([WEATHER], "What is the weather in Paris?", "get_weather", has("city", "paris")),
    needed([WEATHER], "Quel temps fait-il à Lyon ?", "get_weather", has("city", "lyon")),
    needed(
        [WEATHER], "Do I need an umbrella in London right now?", "get_weather", has("city", "lond")
    ),
    needed(
        [WEATHER],
        "Est-ce qu'il pleut à Marseille en ce moment ?",
        "get_weather",
        has("city", "marseille"),
    ),
    needed(
        [WEATHER, CALCULATE],
        "How much is 1234 * 5678?",
        "calculate",
        has("expression", "1234", "5678"),
    ),
    needed(
        [WEATHER, CALCULATE],
        "Combien font 17 fois 23 ?",
        "calculate",
        has("expression", "17", "23"),
    ),
    needed(
        [WEATHER, EMAIL],
        "Send an email to ana@example.com with the subject Lunch saying that I will be late.",
        "send_email",
        has("to", "ana@example.com"),
    ),
    needed(
        [WEATHER, EMAIL],
        "Envoie un courriel à paul@example.com, sujet Réunion : la réunion est à 15 h.",
        "send_email",
        has("to", "paul@example.com"),
    ),
    needed(
        [ORDERS, WEATHER],
        "Which orders of customer Dupont have been shipped?",
        "search_orders",
        lambda v: has("customer", "dupont")(v) and v["status"] == "shipped",
    ),
    needed(
        [ORDERS, WEATHER],
        "Montre-moi les commandes ouvertes de Martin.",
        "search_orders",
        lambda v: has("customer", "martin")(v) and v["status"] == "open",
    ),
    needed(
        [BOOK],
        "Book a table for 4 at Chez Luc on 2026-12-24 at 20:00.",
        "book_table",
        lambda v: v["guests"] == 4 and v["when"] == {"date": "2026-12-24", "time": "20:00"},
    ),
    needed(
        [BOOK, WEATHER],
        "Réserve une table pour deux personnes au restaurant Le Zinc le 2026-12-31 à 19h30.",
        "book_table",
        lambda v: v["guests"] == 2 and "2026-12-31" in v["when"]["date"],
    ),
    needed(
        [WEATHER, ORDERS],
        "And what is it like outside in Berlin?",
        "get_weather",
        has("city", "berlin"),
    ),
    not_needed([WEATHER], "Hello!"),
    not_needed([WEATHER], "Bonjour, comment vas-tu ?"),
    not_needed([WEATHER], "Who wrote Les Misérables?"),
    not_needed([WEATHER], "Explique le cloud en une phrase."),
    not_needed([CALCULATE], "What is the capital of France?"),
    not_needed([CALCULATE, WEATHER], 'Traduis "good morning" en français.'),
    not_needed([EMAIL], "Write a haiku about autumn."),
    not_needed([EMAIL, ORDERS], "What is the difference between a list and a tuple in Python?"),
    not_needed([ORDERS], "Merci beaucoup pour ton aide !"),
    not_needed([BOOK], "Why is the sky blue?"),
    not_needed([BOOK, EMAIL], "Donne-moi trois idées de plats végétariens."),
    not_needed([WEATHER], "What can you help me with?"),
    after(
        [WEATHER],
        "What is the weather in Paris?",
        ToolUse("c1", "get_weather", {"city": "Paris"}),
        '{"temperature_c": 18, "sky": "cloudy"}',
        says("18"),
    ),
    after(
        [WEATHER],
        "Quel temps fait-il à Lyon ?",
        ToolUse("c1", "get_weather", {"city": "Lyon"}),
        '{"temperature_c": 25, "ciel": "ensoleillé"}',
        says("25"),
    ),
    after(
        [WEATHER, CALCULATE],
        "How much is 1234 * 5678?",
        ToolUse("c1", "calculate", {"expression": "1234 * 5678"}),
        "7006652",
        says("7006652"),
    ),
    after(
        [ORDERS, WEATHER],
        "Montre-moi les commandes ouvertes de Martin.",
        ToolUse("c1", "search_orders", {"customer": "Martin", "status": "open"}),
        '[{"id": "A17", "item": "lampe"}]',
        says("A17"),
    ),
    after(
        [EMAIL],
        "Send an email to ana@example.com with the subject Lunch saying that I will be late.",
        ToolUse(
            "c1",
            "send_email",
            {"to": "ana@example.com", "subject": "Lunch", "body": "I will be late."},
        ),
        "sent",
        says("sent"),
    ),
    after(
        [WEATHER],
        "What is the weather in Paris?",
        ToolUse("c1", "get_weather", {"city": "Paris"}),
        "The weather service is out of order until tomorrow.",
        lambda text: len(text) > 10,
    ),
    after(
        [WEATHER, EMAIL],
        "Look up the weather in Nice and then email it to bob@example.com.",
        ToolUse("c1", "get_weather", {"city": "Nice"}),
        '{"temperature_c": 22, "sky": "sunny"}',
        has("to", "bob@example.com"),
        "send_email",
    ),
    after(
        [WEATHER],
        "Compare the weather in Rome and in Oslo.",
        ToolUse("c1", "get_weather", {"city": "Rome"}),
        '{"temperature_c": 21, "sky": "sunny"}',
        has("city", "oslo"),
        "get_weather",
    ),
]


async def outcome(model: LlamaCppChatModel, case: Case) -> tuple[bool, str]:
    """Return whether the model did right, and what it did."""
    prompt = Prompt(
        messages=case.messages,
        tools=case.tools,
        sampling=Sampling(max_tokens=120, temperature=0.0),
    )
    deltas = [delta async for delta in model.generate(prompt)]
    text = "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))
    called = [delta.name for delta in deltas if isinstance(delta, ToolUseStarted)]
    if not called:
        return case.call is None and case.fits(text), text
    given = "".join(delta.json for delta in deltas if isinstance(delta, ToolInputDelta))
    is_whole = deltas[-1] == replace(deltas[-1], reason="tool_use")
    fits = is_whole and called == [case.call] and case.fits(json.loads(given))
    return fits, f"{called[0]}({given})"


async def measure(weights: Path, *, show: bool) -> None:
    """Print a line per case that went wrong, or per case, and the rates."""
    model = LlamaCppChatModel(LlamaCppSettings(model=weights))
    right: dict[str, list[bool]] = {}
    for case in CASES:
        is_right, done = await outcome(model, case)
        right.setdefault(case.group, []).append(is_right)
        if show or not is_right:
            last = case.messages[0].parts[0]
            asked = last.text if isinstance(last, Text) else ""
            print("right" if is_right else "WRONG", repr(asked), "->", repr(done), flush=True)
    for group, results in right.items():
        print(f"{group}: {sum(results)} of {len(results)}")
    await model.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rate the tool calls of a local model.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--show", action="store_true", help="print every case")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.weights, show=arguments.show))
