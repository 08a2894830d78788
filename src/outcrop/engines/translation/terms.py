"""Terms in texts: where they stand, and what stands there instead."""

from collections.abc import Iterator, Sequence

import regex

from outcrop.engines.translation.interface import Term
from outcrop.engines.translation.languages import WITHOUT_SPACES, base

_START = regex.compile(r"(?<![\p{L}\p{N}])(?=\S)")
_ANYWHERE = regex.compile(r"(?=\S)")
_WORD_SIGN = regex.compile(r"[\p{L}\p{N}]")


class TermTable:
    """Finds terms in texts of a language: whole words, in the very same letters.

    Of terms that begin at the same place, the longest is found; none overlap.
    """

    def __init__(self, terms: Sequence[Term], language: str) -> None:
        self._by_source = {term.source: term for term in reversed(terms)}
        self._lengths = sorted({len(source) for source in self._by_source}, reverse=True)
        self._has_spaces = base(language) not in WITHOUT_SPACES

    def met(self, text: str) -> list[Term]:
        """Return the terms that a text uses, each once, in its order."""
        return list(dict.fromkeys(term for _, term in self._places(text)))

    def replaced(self, text: str) -> str:
        """Return a text with its terms in the other language."""
        pieces: list[str] = []
        at = 0
        for start, term in self._places(text):
            pieces += [text[at:start], term.target]
            at = start + len(term.source)
        return "".join([*pieces, text[at:]])

    def _places(self, text: str) -> Iterator[tuple[int, Term]]:
        if not self._by_source:
            return
        behind = 0
        for match in (_START if self._has_spaces else _ANYWHERE).finditer(text):
            start = match.start()
            term = self._term_at(text, start) if start >= behind else None
            if term is not None:
                behind = start + len(term.source)
                yield start, term

    def _term_at(self, text: str, start: int) -> Term | None:
        for length in self._lengths:
            end = start + length
            term = self._by_source.get(text[start:end]) if end <= len(text) else None
            if term is not None and self._ends_a_word(text, end):
                return term
        return None

    def _ends_a_word(self, text: str, end: int) -> bool:
        return not self._has_spaces or not _WORD_SIGN.match(text, end)
