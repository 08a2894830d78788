"""The words of custom vocabularies and vocabulary filters, for the services that hear speech.

Transcribe keeps them; its streaming twin uses them too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outcrop.operations.call import Call
from outcrop.storage.records.interface import Scope

VOCABULARY = "vocabulary"
VOCABULARY_FILTER = "vocabulary-filter"
READY = "READY"


@dataclass(frozen=True, slots=True)
class SpeechWords:
    """What a vocabulary or a filter says."""

    code: str
    """The language that it is for: `en-US`."""
    words: Sequence[str]
    is_ready: bool = True


async def speech_words(call: Call, kind: str, name: str) -> SpeechWords | None:
    """Return the words of the caller's vocabulary or filter, if there is one of the name.

    Args:
        call: Whose it is.
        kind: `VOCABULARY` or `VOCABULARY_FILTER`.
        name: Its name.
    """
    place = Scope(call.account, call.region, "transcribe", kind)
    record = await call.backends.records.find(place, name)
    if record is None:
        return None
    document = record.document
    return SpeechWords(document["code"], document["words"], document.get("state", READY) == READY)


def places_named(words: Sequence[str], names: Iterable[str]) -> set[int]:
    """Return the places of the words that a filter names.

    Args:
        words: As they are said, in order.
        names: What the filter names: words, or several words in a row, in either case.
    """
    said = [word.lower() for word in words]
    found: set[int] = set()
    for phrase in (name.lower().split() for name in names):
        for at in range(len(said) - len(phrase) + 1):
            if phrase and said[at : at + len(phrase)] == phrase:
                found.update(range(at, at + len(phrase)))
    return found
