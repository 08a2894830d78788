"""Analyses of texts by the engine, in Comprehend's words.

Offsets count Unicode code points, as the engine's do.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from outcrop.engines.text_analysis.interface import Mention, MentionKind, TextAnalysis, Want
from outcrop.operations import Call
from outcrop.services.comprehend.texts import engine_errors

ENTITY_TYPES: Mapping[MentionKind, str] = {
    "person": "PERSON",
    "location": "LOCATION",
    "facility": "LOCATION",
    "organization": "ORGANIZATION",
    "product": "COMMERCIAL_ITEM",
    "event": "EVENT",
    "work": "TITLE",
    "date": "DATE",
    "quantity": "QUANTITY",
    "group": "OTHER",
    "law": "OTHER",
    "language": "OTHER",
    "other": "OTHER",
}
NO_TAG = {"X": "O"}
"""What the universal tag set and Comprehend call words of no part of speech."""


async def analyses_of(
    call: Call, texts: Sequence[str], language: str, want: AbstractSet[Want]
) -> list[TextAnalysis]:
    """Return what the engine says of texts.

    Raises:
        UnsupportedLanguageException: No model reads the language.
        InternalServerException: The model is not there, or failed.
    """
    with engine_errors():
        return await call.backends.engines.text_analysis.analyze(
            texts, language=language, want=want
        )


async def entities_of(call: Call, texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """Return the `Entities` of each text."""
    found = await analyses_of(call, texts, language, {"mentions"})
    return [
        {"Entities": [entity(text, mention) for mention in analysis.mentions]}
        for text, analysis in zip(texts, found, strict=True)
    ]


def entity(text: str, mention: Mention) -> dict[str, Any]:
    """Return a mention as an `Entity`."""
    return {
        "Score": mention.score,
        "Type": ENTITY_TYPES[mention.kind],
        "Text": text[mention.begin : mention.end],
        "BeginOffset": mention.begin,
        "EndOffset": mention.end,
    }


async def key_phrases_of(call: Call, texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """Return the `KeyPhrases` of each text."""
    found = await analyses_of(call, texts, language, {"phrases"})
    return [
        {
            "KeyPhrases": [
                {
                    "Score": phrase.score,
                    "Text": text[phrase.begin : phrase.end],
                    "BeginOffset": phrase.begin,
                    "EndOffset": phrase.end,
                }
                for phrase in analysis.phrases
            ]
        }
        for text, analysis in zip(texts, found, strict=True)
    ]


async def syntax_of(call: Call, texts: Sequence[str], language: str) -> list[dict[str, Any]]:
    """Return the `SyntaxTokens` of each text."""
    found = await analyses_of(call, texts, language, {"words"})
    return [
        {
            "SyntaxTokens": [
                {
                    "TokenId": number,
                    "Text": text[word.begin : word.end],
                    "BeginOffset": word.begin,
                    "EndOffset": word.end,
                    "PartOfSpeech": {
                        "Tag": NO_TAG.get(word.part_of_speech, word.part_of_speech),
                        "Score": word.score,
                    },
                }
                for number, word in enumerate(analysis.words, start=1)
            ]
        }
        for text, analysis in zip(texts, found, strict=True)
    ]
