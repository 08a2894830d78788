"""Terms in texts: where they stand, and what stands there instead."""

from collections.abc import Sequence
from functools import lru_cache

import regex

from outcrop.engines.translation.interface import Term
from outcrop.engines.translation.languages import WITHOUT_SPACES, base


@lru_cache(maxsize=256)
def _pattern(sources: tuple[str, ...], *, has_spaces: bool) -> "regex.Pattern[str]":
    listed = "|".join(regex.escape(one) for one in sorted(sources, key=len, reverse=True))
    before, behind = (r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])") if has_spaces else ("", "")
    return regex.compile(f"{before}(?:{listed}){behind}")


def met(text: str, terms: Sequence[Term], language: str) -> list[Term]:
    """Return the terms that a text uses, each once, in its order; the longer of two that overlap.

    Letters have to be the same, capitals included.
    """
    if not terms:
        return []
    by_source = {term.source: term for term in reversed(terms)}
    pattern = _pattern(tuple(by_source), has_spaces=base(language) not in WITHOUT_SPACES)
    found = (by_source[match.group()] for match in pattern.finditer(text))
    return list(dict.fromkeys(found))


def replaced(text: str, terms: Sequence[Term], language: str) -> str:
    """Return a text with its terms in the other language."""
    if not terms:
        return text
    targets = {term.source: term.target for term in reversed(terms)}
    pattern = _pattern(tuple(targets), has_spaces=base(language) not in WITHOUT_SPACES)
    return pattern.sub(lambda match: targets[match.group()], text)
