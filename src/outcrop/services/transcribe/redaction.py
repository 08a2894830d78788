"""Personal data taken out of what was said.

Sources: https://docs.aws.amazon.com/transcribe/latest/dg/pii-redaction-batch.html and
pii-redaction-output.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from outcrop.aws.language_codes import language_of
from outcrop.engines.personal_data.spoken import SpokenWord
from outcrop.operations.backends import Engines
from outcrop.operations.personal_data import SpokenData, spoken_data_of
from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.items import Item

TAG = "[PII]"
ALL = "ALL"


def check_redaction(engines: Engines, asked: Mapping[str, Any] | None, code: str | None) -> None:
    """Refuse a redaction that no model here can do.

    Args:
        engines: That would do it.
        asked: `ContentRedaction`, if the request has it.
        code: The language code that the request names; `None`: the language is to be identified.

    Raises:
        ServiceError: It cannot be done.
    """
    if not asked:
        return
    if code is None:
        raise shapes.BadRequestException(
            "You can't use content redaction with language identification. Specify a LanguageCode"
            " and try your request again."
        )
    if reason := unredactable(engines, code):
        raise shapes.BadRequestException(reason)


def unredactable(engines: Engines, code: str) -> str:
    """Return why nothing of a language can be redacted; empty: it can."""
    languages = engines.text_analysis.languages
    if language_of(code) in languages:
        return ""
    return (
        f"Content redaction isn't available for {code}: the models on this server know names in"
        f" {' and '.join(sorted(languages))}."
    )


async def redacted(
    engines: Engines, items: Sequence[Item], *, code: str, asked: Mapping[str, Any]
) -> list[Item]:
    """Return items with `[PII]` in place of those that hold personal data.

    Each channel is read by itself; what several people say in turn on one is read as one text, so
    that a question tells what its answer is.

    Args:
        engines: That look.
        items: In order.
        code: The language code.
        asked: `ContentRedaction`.

    Raises:
        EngineError: A model or a library is not there, or failed.
    """
    types = asked.get("PiiEntityTypes") or [ALL]
    kept: list[Item] = []
    for channel in sorted({item.channel for item in items}):
        own = [item for item in items if item.channel == channel]
        words = [SpokenWord(item.content, item.mark) for item in own]
        found = await spoken_data_of(engines, words, language=language_of(code))
        kept += _replaced(own, [one for one in found if _is_asked(one, types)])
    return sorted(kept, key=lambda item: item.start)


def _is_asked(data: SpokenData, types: Collection[str]) -> bool:
    return ALL in types or data.type in types


def _replaced(items: Sequence[Item], found: Sequence[SpokenData]) -> list[Item]:
    kept: list[Item] = []
    before = 0
    for data in found:
        kept += items[before : data.words.start]
        for at in data.words:
            tag = _tag(items[at], data)
            goes_on = at > data.words.start and items[at - 1].speaker == tag.speaker
            kept = [*kept[:-1], _joined(kept[-1], tag)] if goes_on else [*kept, tag]
        before = data.words.stop
    return [*kept, *items[before:]]


def _tag(item: Item, data: SpokenData) -> Item:
    return replace(item, content=TAG, score=data.score, redaction=data.type)


def _joined(tag: Item, following: Item) -> Item:
    return replace(tag, end=following.end, mark=following.mark)
