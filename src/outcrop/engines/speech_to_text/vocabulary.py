"""Whisper's tokens: the marks that steer it, and how tokens make words.

Source: https://github.com/openai/whisper/blob/main/whisper/tokenizer.py
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from outcrop.engines.speech_to_text.phrases import UNSPACED

MARKS = ".,?!;:…\u3002\u3001\uff0c\uff1f\uff01\uff1b\uff1a\u0964\u061f\u060c"
"""Punctuation that ends or parts sentences: Latin, Chinese, Hindi, Arabic."""
OPENING_MARKS = "¿¡"
"""These stay with the word that they open."""
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """The tokens that make one word."""

    text: str
    """With the space before it."""
    count: int


class Vocabulary:
    """The tokens of one model."""

    def __init__(self, path: Path) -> None:
        """Load `tokenizer.json`."""
        self._tokenizer = Tokenizer.from_file(str(path))
        self.end = self._mark("endoftext")
        self.start = self._mark("startoftranscript")
        self.before = self._mark("startofprev")
        self.transcribe = self._mark("transcribe")
        self.no_times = self._mark("notimestamps")

    def knows(self, language: str) -> bool:
        """Tell whether the model knows a language."""
        return self._tokenizer.token_to_id(f"<|{language}|>") is not None

    def opening(self, language: str) -> list[int]:
        """Return the tokens before a transcript in a language."""
        return [self.start, self._mark(language), self.transcribe]

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens, marks left out."""
        return self._tokenizer.decode([token for token in tokens if token < self.end])

    def words(self, tokens: Sequence[int], language: str) -> list[TokenSpan]:
        """Return the words that tokens make, in order; together they are all the tokens."""
        characters = self._whole_characters(tokens)
        if language in UNSPACED:
            return characters
        words: list[TokenSpan] = []
        for span in characters:
            is_new = span.text.startswith(" ") or not words
            if is_new:
                words.append(span)
            else:
                words[-1] = TokenSpan(words[-1].text + span.text, words[-1].count + span.count)
        return words

    def _whole_characters(self, tokens: Sequence[int]) -> list[TokenSpan]:
        """Join tokens that are parts of one character: they are bytes of UTF-8."""
        spans: list[TokenSpan] = []
        begun = 0
        for at in range(len(tokens)):
            text = self._tokenizer.decode(list(tokens[begun : at + 1]))
            if _REPLACEMENT not in text:
                spans.append(TokenSpan(text, at + 1 - begun))
                begun = at + 1
        if begun < len(tokens):
            spans.append(TokenSpan("", len(tokens) - begun))
        return spans

    def _mark(self, name: str) -> int:
        token = self._tokenizer.token_to_id(f"<|{name}|>")
        if token is None:
            raise ValueError(f"The tokenizer has no <|{name}|>.")
        return int(token)


def without_punctuation(written: str) -> tuple[str, str]:
    """Return a word without the punctuation around it, and the mark that follows it, if any.

    Apostrophes and hyphens inside stay, and so do signs that are read: `%`, `$`, `&`, `+`.
    """
    text = written.strip()
    mark = ""
    while text and _is_punctuation(text[-1]):
        mark = text[-1] if text[-1] in MARKS else mark
        text = text[:-1]
    while text and _is_punctuation(text[0]) and text[0] not in OPENING_MARKS:
        text = text[1:]
    return text, "..." if mark == "…" else mark


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character).startswith("P") and character not in "%&@#'\u2019"
