"""What some words tell: by the short lists of `word_lists.json`, English and French together."""

import json
from importlib.resources import files
from typing import Any

_LISTS: dict[str, Any] = json.loads(
    files("outcrop.engines.text_analysis").joinpath("word_lists.json").read_text(encoding="utf-8")
)
NONE = "none"
"""The list of nouns that name nothing: a lot, a way."""
_KINDS: dict[str, str] = {noun: kind for kind, nouns in _LISTS["nouns"].items() for noun in nouns}
_FEELINGS: tuple[str, ...] = tuple(_LISTS["feelings"])


def kind_of_noun(noun: str) -> str:
    """Return a kind of target, `other` for what is in no list, or `none`."""
    return _KINDS.get(noun.lower(), "other")


def tells_a_feeling(verb: str) -> bool:
    """Tell whether a verb says what its subject feels, rather than what its subject is like."""
    return verb.lower().startswith(_FEELINGS)
