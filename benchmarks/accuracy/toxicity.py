"""How often the toxicity of a sentence is told right, and how long it takes.

    python -m benchmarks.accuracy.toxicity [--chat WEIGHTS.gguf]

94 sentences in English and 94 in French, hand-written and hand-labelled, 40 of each harmless though
many of them speak of blood, war, bodies or groups of people, and 60 of each that are said every
day: greetings, thanks, meetings, orders. None is among those that the classifiers were made of, but
the same hand wrote both: expect less of other texts.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from benchmarks.accuracy.sentiment import TEXTS, embedder
from outcrop.engines.chat.interface import Message, Prompt, Sampling, Text, TextDelta
from outcrop.engines.chat.llama_cpp import LlamaCppChatModel
from outcrop.engines.chat.settings import LlamaCppSettings
from outcrop.engines.linear_classifiers.shipped import shipped_classifier
from outcrop.engines.toxicity.interface import KINDS, ToxicKind
from outcrop.engines.toxicity.linear import verdict

CODES = dict(zip("gahipsv", KINDS, strict=True))
"""Letters of the kinds in the files; `-`: none."""
TOLD = 0.5
ASK_EVERY = 5
"""The chat model is asked about every fifth sentence: it is slow."""
SCHEMA = {
    "type": "object",
    "properties": {"kinds": {"type": "array", "items": {"enum": [*KINDS]}, "maxItems": 7}},
    "required": ["kinds"],
    "additionalProperties": False,
}
TASK = (
    "List the kinds of toxicity in the user's text: graphic (gore), harassment, hate (against a"
    " group), insult, profanity, sexual, threat (of violence). An empty list if it is harmless."
)

Labelled = tuple[str, frozenset[ToxicKind]]


def sentences(part: str, language: str) -> Iterator[Labelled]:
    """Give the sentences of a part, `train` or `test`, with their kinds."""
    text = (TEXTS / f"toxicity-{part}-{language}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        codes, sentence = line.split("|", 1)
        yield sentence, frozenset(CODES[code] for code in codes if code != "-")


def everyday(part: str, language: str) -> list[str]:
    """Return the harmless sentences of every day of a part, `train` or `test`."""
    return (TEXTS / f"everyday-{part}-{language}.txt").read_text(encoding="utf-8").splitlines()


async def score(
    name: str, asked: list[Labelled], ask: Callable[[str], Awaitable[set[ToxicKind] | None]]
) -> None:
    """Print the share of texts rightly called toxic or harmless, and F1 of the kinds.

    `ask` returns the kinds, `None` of a text that is harmless as a whole.
    """
    began = time.monotonic()
    told = [await ask(text) for text, _ in asked]
    milliseconds = (time.monotonic() - began) / len(asked) * 1000
    pairs = list(zip(told, (kinds for _, kinds in asked), strict=True))
    right = sum((one is not None) == bool(kinds) for one, kinds in pairs) / len(asked)
    both = {
        kind: sum(kind in (one or ()) and kind in kinds for one, kinds in pairs) for kind in KINDS
    }
    each = {
        kind: sum((kind in (one or ())) + (kind in kinds) for one, kinds in pairs) for kind in KINDS
    }
    f1 = ", ".join(f"{kind} {2 * both[kind] / max(each[kind], 1):.2f}" for kind in KINDS)
    whole = 2 * sum(both.values()) / sum(each.values())
    print(
        f"{name}: toxic or not {right:.1%} of {len(asked)}; F1 of all kinds {whole:.3f}: {f1};"
        f" {milliseconds:.0f} ms a text",
        flush=True,
    )


async def by_classifiers(language: str) -> None:
    """Score the classifiers; a kind is told from a probability of 0.5 on."""
    model, classifier = embedder(), shipped_classifier("toxicity")
    await model.embed(["Warm up."], purpose="query")

    async def ask(text: str) -> set[ToxicKind] | None:
        [vector] = await model.embed([text], purpose="query")
        told = verdict(classifier.classify(vector.tolist()))
        kinds: set[ToxicKind] = {kind for kind, share in told.scores.items() if share >= TOLD}
        return kinds if told.toxicity >= TOLD else None

    await score(f"{language}, classifiers", list(sentences("test", language)), ask)
    harmless = everyday("test", language)
    wrong = [text for text in harmless if await ask(text) is not None]
    print(f"{language}: everyday sentences told toxic: {len(wrong)} of {len(harmless)}: {wrong}")
    await model.close()


async def by_chat(language: str, weights: Path) -> None:
    """Score a chat model that answers by a JSON schema."""
    model = LlamaCppChatModel(LlamaCppSettings(model=weights))

    async def ask(text: str) -> set[ToxicKind] | None:
        prompt = Prompt(
            messages=[Message("system", [Text(TASK)]), Message("user", [Text(text)])],
            sampling=Sampling(max_tokens=80, temperature=0.0),
            json_schema=SCHEMA,
        )
        deltas = [each async for each in model.generate(prompt)]
        answer = "".join(each.text for each in deltas if isinstance(each, TextDelta))
        kinds: set[ToxicKind] = set(json.loads(answer)["kinds"])
        return kinds or None

    await score(f"{language}, {weights.stem}", list(sentences("test", language))[::ASK_EVERY], ask)
    await model.close()


async def main(chat: Path | None) -> None:
    """Score every way in both languages."""
    for language in ("en", "fr"):
        await by_classifiers(language)
        if chat is not None:
            await by_chat(language, chat)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Rate judges of toxicity.")
    parser.add_argument("--chat", type=Path, help="weights of a chat model to compare with")
    asyncio.run(main(parser.parse_args().chat))
