"""Scripts and timings, as they cross to the worker and back in JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from outcrop.engines.text_to_speech.interface import (
    Bookmark,
    Part,
    Passage,
    Pause,
    Pronunciation,
    Script,
    Timing,
)

PARTS: Mapping[str, type[Passage | Pause | Bookmark]] = {
    "passage": Passage,
    "pause": Pause,
    "bookmark": Bookmark,
}
NAMES = {kind: name for name, kind in PARTS.items()}


def to_json(script: Script) -> dict[str, Any]:
    """Return a script as JSON can hold it."""
    return {
        "parts": [[NAMES[type(part)], asdict(part)] for part in script.parts],
        "lexicon": {
            language: {word: asdict(entry) for word, entry in entries.items()}
            for language, entries in script.lexicon.items()
        },
    }


def from_json(value: Mapping[str, Any]) -> Script:
    """Return the script of `to_json`."""
    parts: list[Part] = [PARTS[name](**fields) for name, fields in value["parts"]]
    lexicon = {
        language: {word: Pronunciation(**entry) for word, entry in entries.items()}
        for language, entries in value["lexicon"].items()
    }
    return Script(parts=parts, lexicon=lexicon)


def timing_to_json(timing: Timing) -> list[Any]:
    """Return a timing as JSON can hold it."""
    return [timing.kind, round(timing.seconds, 6), timing.start, timing.end, timing.value]


def timing_from_json(value: list[Any]) -> Timing:
    """Return the timing of `timing_to_json`."""
    kind, seconds, start, end, said = value
    return Timing(kind=kind, seconds=seconds, start=start, end=end, value=said)
