"""What is said for a passage: its text as it is read, or in the manner that the script asks for."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from outcrop.engines.text_to_speech.interface import Passage, Pronunciation
from outcrop.engines.text_to_speech.languages import Language
from outcrop.engines.text_to_speech.words.reading import Token

PHONEMES = "\0"
"""Stands before a word of a token that is a transcription, from a user's lexicon."""
ORDERS = {"d": "day", "m": "month", "y": "year"}
DATE_PIECE = re.compile(r"\d+|[^\W\d_]+")


def tokens_of(
    passage: Passage, language: Language, lexicon: Mapping[str, Pronunciation]
) -> Iterator[Token]:
    """Give the tokens of a passage, places counted in its text."""
    whole = Token(0, len(passage.text))
    if passage.said:
        words = [word for token in language.read(passage.said) for word in _words(token)]
        yield replace(whole, words=tuple(words))
    elif passage.reading != "text" and (said := _said(passage, language)) is not None:
        yield replace(whole, words=tuple(said))
    else:
        yield from _by_lexicon(passage.text, language, lexicon)


def _words(token: Token) -> tuple[str, ...]:
    return token.words or ((",",) if token.stop else ())


def _by_lexicon(
    text: str, language: Language, lexicon: Mapping[str, Pronunciation]
) -> Iterator[Token]:
    """Read a text, but the graphemes of a lexicon as it says: the longest first, whole words."""
    if not lexicon:
        yield from language.read(text)
        return
    names = "|".join(re.escape(name) for name in sorted(lexicon, key=len, reverse=True))
    position = 0
    for match in re.finditer(rf"(?<!\w)(?:{names})(?!\w)", text):
        yield from _moved(language.read(text[position : match.start()]), position)
        entry = lexicon[match.group()]
        if entry.phonemes:
            words = (PHONEMES + entry.phonemes,)
        else:
            words = tuple(word for token in language.read(entry.alias) for word in _words(token))
        yield Token(match.start(), match.end(), words)
        position = match.end()
    yield from _moved(language.read(text[position:]), position)


def _moved(tokens: list[Token], by: int) -> Iterator[Token]:
    for token in tokens:
        yield replace(token, start=token.start + by, end=token.end + by)


def _said(passage: Passage, language: Language) -> list[str] | None:
    """Return the words of a passage that is read in a manner of its own; `None`: as it looks."""
    text = passage.text.strip()
    if passage.reading == "date":
        return _date(text, passage.detail, language)
    read = READINGS.get(passage.reading)
    return read(text, language) if read else None


def _characters(text: str, language: Language) -> list[str]:
    return [_character(letter, language) for letter in text if not letter.isspace()]


def _character(letter: str, language: Language) -> str:
    if letter.isdecimal():
        return language.says.digits(letter)[0]
    return language.says.SYMBOLS.get(letter, letter.upper())


def _digits(text: str, language: Language) -> list[str] | None:
    return language.says.digits(text) or None


def _cardinal(text: str, language: Language) -> list[str] | None:
    match = re.search(r"(-?)\s*(\d[\d.,\s]*)", text)
    if match is None:
        return None
    words = language.says.number(match[2].strip().rstrip(".,"))
    return [MINUS[language.code[:2]], *words] if match[1] else words


def _ordinal(text: str, language: Language) -> list[str] | None:
    figures = re.sub(r"\D", "", text)
    return language.says.ordinal(int(figures)) if figures else None


def _telephone(text: str, language: Language) -> list[str] | None:
    return language.says.telephone(text) if re.search(r"\d", text) else None


def _fraction(text: str, language: Language) -> list[str] | None:
    match = re.fullmatch(r"(?:(\d+)\s*[+ ]\s*)?(\d+)\s*/\s*(\d+)", text)
    if match is None or not int(match[3]):
        return None
    words = language.says.fraction(int(match[2]), int(match[3]))
    joined = "et" if language.code == "fr-FR" else "and"
    return [*language.says.cardinal(int(match[1])), joined, *words] if match[1] else words


def _date(text: str, order: str, language: Language) -> list[str] | None:
    if re.fullmatch(r"[\d?]{8}", text) and len(order) in (0, 3):
        order = order or "ymd"
        pieces = _split(text, order)
    else:
        order = order or ("mdy" if language.code == "en-US" else "dmy")
        pieces = DATE_PIECE.findall(text)
    if len(pieces) != len(order):
        return None
    # Question marks stand for parts that are not said: `????0922` is the 22nd of September.
    said = {ORDERS[letter]: piece for letter, piece in zip(order, pieces, strict=True)}
    said = {part: piece for part, piece in said.items() if piece.strip("?")}
    if not said or not all(piece.isdecimal() for piece in said.values()):
        return None
    found = {part: int(piece) for part, piece in said.items()}
    if not 1 <= found.get("month", 1) <= 12:
        return None
    return language.says.date(found.get("day"), found.get("month"), found.get("year"))


def _split(text: str, order: str) -> list[str]:
    pieces: list[str] = []
    for letter in order:
        size = 4 if letter == "y" else 2
        pieces.append(text[:size])
        text = text[size:]
    return pieces


def _duration(text: str, language: Language) -> list[str] | None:
    """Read 1'21": minutes and seconds."""
    match = re.fullmatch(r"(\d+)['′](?:(\d+)[\"″])?", text)
    if match is None:
        return None
    words: list[str] = []
    for amount, names in zip(match.groups(), _MINUTES[language.code[:2]], strict=True):
        if amount:
            words += [*language.says.number(amount), names[amount != "1"]]
    return words


READINGS: Mapping[str, Callable[[str, Language], list[str] | None]] = {
    "characters": _characters,
    "digits": _digits,
    "cardinal": _cardinal,
    "ordinal": _ordinal,
    "fraction": _fraction,
    "telephone": _telephone,
    "time": _duration,
}
MINUS = {"en": "minus", "fr": "moins"}
_MINUTES = {
    "en": (("minute", "minutes"), ("second", "seconds")),
    "fr": (("minute", "minutes"), ("seconde", "secondes")),
}
