"""Reads a pattern from left to right."""

import re

from outcrop.services.logs.filter_pattern.interface import InvalidPatternError
from outcrop.services.logs.patterns import Expression, InvalidExpressionError

SPACE = re.compile(r"\s*")
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
REGEX = re.compile(r"%([^%]+)%")
ALLOWED_IN_REGEX = re.compile(r"[A-Za-z0-9:_#=@/;,\-^$?\[\]{}|\\*+.]+")


class Scanner:
    """A place in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def skip_space(self) -> None:
        """Pass over white space."""
        if space := SPACE.match(self._text, self._at):
            self._at = space.end()

    def at_end(self) -> bool:
        """Tell whether nothing but white space is left."""
        self.skip_space()
        return self._at == len(self._text)

    def take(self, word: str) -> bool:
        """Pass over white space and a word, if the word comes next."""
        self.skip_space()
        if not self._text.startswith(word, self._at):
            return False
        self._at += len(word)
        return True

    def expect(self, word: str) -> None:
        """Pass over a word that must come next.

        Raises:
            InvalidPatternError: Something else comes next.
        """
        if not self.take(word):
            raise self.error()

    def read(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Pass over white space and what a pattern matches here, and return the match."""
        self.skip_space()
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def read_quoted(self) -> str | None:
        """Return the text between the quotes that come next, or `None` if there are none."""
        found = self.read(QUOTED)
        return None if found is None else re.sub(r"\\(.)", r"\1", found[1])

    def read_regex(self) -> Expression | None:
        """Return the regular expression between percent signs that comes next, or `None`.

        Raises:
            InvalidPatternError: It uses what CloudWatch Logs does not allow in one.
        """
        found = self.read(REGEX)
        if found is None:
            return None
        if not ALLOWED_IN_REGEX.fullmatch(found[1]):
            raise InvalidPatternError(f"Invalid regular expression '{found[1]}'")
        try:
            return Expression.compile(found[1])
        except InvalidExpressionError as error:
            raise InvalidPatternError(f"Invalid regular expression '{found[1]}'") from error

    def error(self) -> InvalidPatternError:
        """Return the error that the next character is."""
        self.skip_space()
        if self._at == len(self._text):
            return InvalidPatternError("Invalid filter pattern")
        return InvalidPatternError(f"Invalid character(s) in term '{self._text[self._at]}'")
