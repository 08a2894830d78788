"""What a transcript is made of: words and marks, in the order in which they are heard.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html, "Output"
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from outcrop.engines.speech_to_text.interface import Passage, Word
from outcrop.engines.speech_to_text.phrases import SENTENCE_ENDS, UNSPACED, phrases_of
from outcrop.operations.speech_words import places_named

LONGEST_PAUSE_SECONDS = 1.0
"""Inside a segment."""
SENTENCE_PAUSE_SECONDS = 0.2
"""Sentences that follow one another at once are one segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A word, with the mark behind it."""

    content: str
    start: float
    """Seconds from the beginning of the file."""
    end: float
    score: float
    language: str
    """As the models name it."""
    mark: str = ""
    speaker: str = ""
    """`spk_0`; empty: speakers are not told apart."""
    channel: str = ""
    """`ch_0`; empty: channels are not told apart."""
    is_match: bool = False
    """Whether the vocabulary filter names it."""
    redaction: str = ""
    """Which kind of personal data stood here; `score` is how sure that is. Empty: none did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What may have been said between two pauses."""

    start: float
    end: float
    alternatives: Sequence[Sequence[Item]]
    """The likeliest first."""
    channel: str = ""


def choices_of(passages: Iterable[Passage], channel: str = "") -> list[Choice]:
    """Return all alternatives of passages."""
    return [
        Choice(
            start=passage.start_seconds,
            end=passage.end_seconds,
            alternatives=[
                [item_of(word, passage.language, channel) for word in words]
                for words in passage.alternatives
            ],
            channel=channel,
        )
        for passage in passages
    ]


def item_of(word: Word, language: str, channel: str = "") -> Item:
    """Return a word as an item."""
    return Item(
        content=word.text,
        start=word.start_seconds,
        end=word.end_seconds,
        score=word.score,
        language=language,
        mark=word.mark[:1],
        channel=channel,
    )


def items_of(passages: Iterable[Passage], channel: str = "") -> list[Item]:
    """Return the words of the likeliest alternatives, in order."""
    return [
        item_of(word, passage.language, channel)
        for passage in passages
        for word in passage.alternatives[0]
    ]


def text_of(items: Iterable[Item]) -> str:
    """Return items as one reads them."""
    text = ""
    for item in items:
        space = "" if not text or item.language in UNSPACED else " "
        text += f"{space}{item.content}{item.mark}"
    return text


def segments_of(items: Sequence[Item]) -> list[list[Item]]:
    """Return items by segments: what one speaker says between two pauses."""
    segments: list[list[Item]] = []
    for item in items:
        if segments and _goes_on(segments[-1][-1], item):
            segments[-1].append(item)
        else:
            segments.append([item])
    return segments


def _goes_on(before: Item, item: Item) -> bool:
    pause = item.start - before.end
    ends = before.mark in SENTENCE_ENDS if before.mark else False
    is_near = pause < (SENTENCE_PAUSE_SECONDS if ends else LONGEST_PAUSE_SECONDS)
    same = (before.speaker, before.channel, before.language)
    return is_near and same == (item.speaker, item.channel, item.language)


def spans_of_speech(items: Sequence[Item]) -> list[list[Item]]:
    """Return items by phrases, in each of which one person speaks."""
    return [[items[at] for at in phrase] for phrase in phrases_of(list(map(_word_of, items)))]


def _word_of(item: Item) -> Word:
    return Word(
        text=item.content,
        start_seconds=item.start,
        end_seconds=item.end,
        score=item.score,
        mark=item.mark,
    )


def filtered(items: Iterable[Item], words: Iterable[str], method: str) -> list[Item]:
    """Return items with those that a vocabulary filter names masked, removed or tagged.

    Args:
        items: In order.
        words: What the filter names: words, or several words in a row, in either case.
        method: `mask`, `remove` or `tag`.
    """
    kept = list(items)
    for at in places_named([item.content for item in kept], words):
        kept[at] = replace(kept[at], is_match=True)
    match method:
        case "remove":
            return [item for item in kept if not item.is_match]
        case "mask":
            return [replace(item, content="***") if item.is_match else item for item in kept]
        case _:
            return kept
