"""Translation by a language model, one sentence at a time.

The model is shown a sentence and its translation first. What it loses is named when it is asked
again; at last it may write nothing but a text that has all of it, by a schema.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import regex

from outcrop.engines.translation import example_words, figures, protected
from outcrop.engines.translation.interface import Ask, Pair, TranslatorTraits
from outcrop.engines.translation.languages import NAMES, base
from outcrop.engines.translation.register_words import LANGUAGES as WITH_REGISTERS
from outcrop.engines.translation.terms import TermTable

ATTEMPTS = 3
AT_ONCE = 8
"""Sentences of one text; the model batches them."""
TOKENS_PER_BYTE = 0.8
LEAST_TOKENS = 48
_OUTER = regex.compile(r"^(?:translation|traduction)\s*:\s*", regex.IGNORECASE)
_QUOTES = ('""', "“”", "«»", "''", "``")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What a language model is asked."""

    instructions: str
    turns: Sequence[tuple[str, str]]
    """What was said before: the user's words and the model's."""
    text: str
    """What the user says last."""
    max_tokens: int
    json_schema: Mapping[str, Any] | None = None
    """The answer is JSON of this schema; `None`: one line of text."""


class Complete(Protocol):
    """Asks a language model, and returns its answer, without sampling."""

    async def __call__(self, request: ChatRequest) -> str:
        """Return the model's answer.

        Raises:
            EngineError: See its subclasses.
        """
        ...


class Known(Protocol):
    """Tells which model would answer."""

    def __call__(self) -> tuple[str, frozenset[str]]:
        """Return its name and the languages that it knows, without regions.

        Raises:
            EngineUnavailableError: None would.
        """
        ...


class ChatTranslator:
    """Asks a language model that somebody else runs."""

    attempts = ATTEMPTS

    def __init__(self, complete: Complete, known: Known) -> None:
        """Prepare to ask.

        Args:
            complete: Asks the model.
            known: Tells which it is.
        """
        self._complete = complete
        self._known = known

    def languages(self) -> frozenset[str]:
        """See `SentenceTranslator.languages`."""
        return self._known()[1] & {base(language) for language in NAMES}

    def traits(self, pair: Pair) -> TranslatorTraits | None:
        """See `SentenceTranslator.traits`."""
        name, languages = self._known()
        if not {pair.source, pair.target} <= NAMES.keys():
            return None
        if not {base(pair.source), base(pair.target)} <= languages:
            return None
        return TranslatorTraits(
            name=name, registers=WITH_REGISTERS, is_brief=True, uses_examples=True
        )

    async def translate(self, asks: Sequence[Ask], pair: Pair) -> list[str]:
        """See `SentenceTranslator.translate`."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(ask: Ask) -> str:
            async with turns:
                return await self._one(ask, pair)

        return list(await asyncio.gather(*map(one, asks)))

    async def close(self) -> None:
        """See `SentenceTranslator.close`: the model is somebody else's."""

    async def _one(self, ask: Ask, pair: Pair) -> str:
        is_last = ask.attempt == ATTEMPTS - 1
        if is_last and protected.MARK.search(ask.sentence):
            return ""  # Held to marks, small models fill the room between them with anything.
        text = _worded(ask, pair)
        schema = _schema(ask, text) if is_last else None
        answer = await self._complete(
            ChatRequest(
                instructions=_instructions(ask, pair),
                turns=[
                    (source, _as_json(target) if schema else target)
                    for source, target in _turns(ask, pair)
                ],
                text=text,
                max_tokens=LEAST_TOKENS + int(TOKENS_PER_BYTE * len(text.encode())),
                json_schema=schema,
            )
        )
        return _from_json(answer) if schema else _bare(answer, ask.sentence)


def _instructions(ask: Ask, pair: Pair) -> str:
    said = [
        f"Translate from {NAMES[pair.source]} into {NAMES[pair.target]}."
        " Answer with the translation of the sentence alone."
    ]
    if ask.register == "formal":
        said.append("Address the reader formally and politely.")
    elif ask.register == "informal":
        said.append("Address the reader informally, like a friend.")
    if ask.is_brief:
        said.append("Be as brief as possible: use few words and leave out what is not needed.")
    if ask.attempt:
        said.append(f"Write {NAMES[pair.target]} only.")
    said += [f"Translate “{term.source}” as “{term.target}”." for term in ask.terms]
    if ask.keep:
        said.append(f"Keep as it is: {' '.join(ask.keep)}")
    return " ".join(said)


def _turns(ask: Ask, pair: Pair) -> list[tuple[str, str]]:
    shown = example_words.shown(pair, ask.register)
    listed = [*([shown] if shown else []), *ask.examples]
    return [(example.source, example.target) for example in listed]


def _worded(ask: Ask, pair: Pair) -> str:
    """Return the sentence; when asked again, with its terms in the other language already.

    Models leave such words alone.
    """
    table = TermTable(ask.terms, pair.source)
    return table.replaced(ask.sentence) if ask.attempt else ask.sentence


def _schema(ask: Ask, text: str) -> Mapping[str, Any]:
    """Return a schema of texts that have all that is to be kept, in the order of the source."""
    needed = {*protected.protected(text), *figures.numbers(text), *ask.keep}
    listed = "|".join(regex.escape(piece) for piece in sorted(needed, key=len, reverse=True))
    pieces: list[str] = regex.split(f"({listed})", text) if listed else [text]
    pattern = "".join(
        _escaped(piece) if at % 2 else _between(piece) for at, piece in enumerate(pieces)
    )
    return {
        "type": "object",
        "properties": {"translation": {"type": "string", "pattern": f"^{pattern}$"}},
        "required": ["translation"],
        "additionalProperties": False,
    }


def _between(piece: str) -> str:
    """Return a pattern of what may stand for a piece of the source: nothing for nothing."""
    if not regex.search(r"\p{L}", piece):
        return _escaped(piece)
    return rf'[^0-9<>{{}}"\\]{{1,{2 * len(piece) + 20}}}'


def _escaped(piece: str) -> str:
    return "".join(f"\\{sign}" if sign in r".^$*+?()[]{}|\/" else sign for sign in piece)


def _as_json(text: str) -> str:
    return json.dumps({"translation": text}, ensure_ascii=False)


def _from_json(answer: str) -> str:
    try:
        return str(json.loads(answer)["translation"]).strip()
    except (ValueError, KeyError, TypeError):
        return ""  # It was cut in the middle; no translation fails every check.


def _bare(answer: str, source: str) -> str:
    """Return an answer without what models put around it."""
    text = _OUTER.sub("", answer.strip())
    for opening, closing in _QUOTES:
        is_quoted = text.startswith(opening) and text.endswith(closing) and len(text) > 2
        if is_quoted and not source.startswith(opening):
            text = text[1:-1].strip()
    return text
