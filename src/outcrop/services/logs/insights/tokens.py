"""Queries cut into words, texts, regular expressions and signs."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

TOKEN = re.compile(
    r"(?P<space>\s+|#[^\n]*)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')"
    r"|(?P<quoted>`[^`]+`)"
    r"|(?P<duration>\d+(?:ms|s|m|h|d|w|mo|q|y)\b)"
    r"|(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)"
    r"|(?P<name>[@$]?[A-Za-z_][\w.]*(?:\[\d+\][\w.]*)*)"
    r"|(?P<sign>=~|!=|<=|>=|[-+*/^%=<>()\[\],|])"
)
REGEX = re.compile(r"/((?:[^/\\\n]|\\.)+)/(i?)")


class MalformedQueryError(Exception):
    """A query breaks the grammar."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query and where it stands."""

    kind: str
    """`text`, `name`, `quoted`, `number`, `duration`, `regex`, `sign` or `end`."""
    text: str
    start: int
    stop: int

    def is_word(self, *words: str) -> bool:
        """Tell whether this is one of some words, in whatever case."""
        return self.kind in {"name", "sign"} and self.text.lower() in words


def tokens_of(query: str) -> list[Token]:
    """Return the tokens of a query, the last of kind `end`.

    Raises:
        MalformedQueryError: Something is no token.
    """
    tokens: list[Token] = []
    command = ""
    at = 0
    while at < len(query):
        found = REGEX.match(query, at) if _expects_regex(tokens, command) else None
        kind = "regex"
        if found is None:
            found = TOKEN.match(query, at)
            kind = found.lastgroup or "" if found else ""
        if found is None:
            raise MalformedQueryError(f"unexpected symbol found {query[at]} at position {at}")
        if kind != "space":
            tokens.append(Token(kind, found[0], at, found.end()))
            if len(tokens) == 1 or tokens[-2].text == "|":
                command = found[0].lower()
        at = found.end()
    return [*tokens, Token("end", "end of query", len(query), len(query))]


def _expects_regex(tokens: Sequence[Token], command: str) -> bool:
    """Tell whether a slash would begin a regular expression here, and divide nothing."""
    return bool(tokens) and (command == "parse" or tokens[-1].is_word("like", "=~"))


class TokenReader:
    """Reads tokens from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._tokens = tokens_of(query)
        self._at = 0

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._at]

    def take(self) -> Token:
        """Pass over a token and return it."""
        token = self.next
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def takes(self, *words: str) -> bool:
        """Pass over one of some words or signs, if it comes next."""
        if not self.next.is_word(*words):
            return False
        self.take()
        return True

    def expect(self, word: str) -> None:
        """Pass over a word that must come next.

        Raises:
            MalformedQueryError: Something else does.
        """
        if not self.takes(word):
            raise self.error()

    def expect_kind(self, *kinds: str) -> Token:
        """Pass over a token of some kinds, which must come next, and return it.

        Raises:
            MalformedQueryError: Another one does.
        """
        if self.next.kind not in kinds:
            raise self.error()
        return self.take()

    def listed(self, read: Callable[[], T]) -> list[T]:
        """Read one or more things between commas."""
        things = [read()]
        while self.takes(","):
            things.append(read())
        return things

    def since(self, start: int) -> str:
        """Return the text of the query from a place up to the token that comes next."""
        return self._query[start : self._tokens[self._at - 1].stop]

    def error(self) -> MalformedQueryError:
        """Return the error that the next token is."""
        return MalformedQueryError(
            f"unexpected symbol found {self.next.text} at position {self.next.start}"
        )
