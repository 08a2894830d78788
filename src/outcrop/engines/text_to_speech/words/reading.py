"""How a text is read: rules find what is more than a word, and say which words it stands for."""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a text and what is said for it."""

    start: int
    """Its first character."""
    end: int
    """Behind its last one."""
    words: tuple[str, ...] = ()
    """What is spoken, in letters; a `,` among them is a short pause."""
    stop: str = ""
    """A punctuation mark that is heard: one of `STOPS`."""


STOPS = ".,;:!?…—"
"""Marks that the voice makes something of."""
MARKS = {
    "。": ".", "、": ",", "–": "—", "؟": "?", "¿": "", "¡": "", "(": ",", ")": ",",
    "«": "", "»": "", "“": "", "”": "", '"': "",
}  # fmt: skip
"""What other marks count as."""

Read: TypeAlias = Callable[[re.Match[str]], Iterator[Token]]


@dataclass(frozen=True, slots=True)
class Rule:
    """What is read in a way of its own."""

    pattern: re.Pattern[str]
    read: Read


WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
COMPOUND = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*['’]?")
PARAGRAPH = re.compile(r"\s*\n\s*\n\s*")
ELLIPSIS = re.compile(r"\.\.\.+|…")


def token(match: re.Match[str], group: str | int, words: Sequence[str]) -> Token:
    """Return the token of a group of a match."""
    return Token(match.start(group), match.end(group), tuple(words))


def full_stop(match: re.Match[str]) -> Iterator[Token]:
    """End the sentence after an abbreviation's point that ends the text or the line."""
    if not match.string[match.end() :].split("\n")[0].strip():
        yield Token(match.end(), match.end(), stop=".")


def read_by(rules: Sequence[Rule], text: str, *, word: re.Pattern[str] = WORD) -> Iterator[Token]:
    """Read a text: by the first rule that fits at each place, else word by word."""
    position = 0
    while position < len(text):
        if paragraph := PARAGRAPH.match(text, position):
            yield Token(position, position, stop=".")
            position = paragraph.end()
        elif text[position].isspace():
            position += 1
        else:
            position = yield from _read_one((*rules, Rule(word, _word)), text, position)


def _word(match: re.Match[str]) -> Iterator[Token]:
    yield token(match, 0, [match.group().replace("’", "'")])


def _read_one(rules: Sequence[Rule], text: str, position: int) -> Generator[Token, None, int]:
    for rule in rules:
        if match := rule.pattern.match(text, position):
            yield from rule.read(match)
            return match.end()
    if match := ELLIPSIS.match(text, position):
        yield Token(match.start(), match.end(), stop="…")
        return match.end()
    mark = MARKS.get(text[position], text[position])
    if mark and mark in STOPS:
        yield Token(position, position + 1, stop=mark)
    return position + 1
