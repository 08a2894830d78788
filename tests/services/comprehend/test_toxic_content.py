"""Toxicity of clear sentences in both languages, and AWS's limits."""

from typing import Any

import pytest

from tests.services.direct import error_of


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("You are a pathetic idiot.", "en", "INSULT"),
        ("I will come tonight and kill you.", "en", "VIOLENCE_OR_THREAT"),
        ("Tu es un pauvre crétin.", "fr", "INSULT"),
        ("Je vais venir te casser les jambes.", "fr", "VIOLENCE_OR_THREAT"),
        ("Putain, quelle journée de merde.", "fr", "PROFANITY"),
    ],
)
def test_the_kind_of_a_toxic_sentence(comprehend: Any, text: str, language: str, name: str):
    [result] = comprehend.detect_toxic_content(
        TextSegments=[{"Text": text}], LanguageCode=language
    )["ResultList"]

    scores = {label["Name"]: label["Score"] for label in result["Labels"]}
    assert set(scores) == {
        "GRAPHIC",
        "HARASSMENT_OR_ABUSE",
        "HATE_SPEECH",
        "INSULT",
        "PROFANITY",
        "SEXUAL",
        "VIOLENCE_OR_THREAT",
    }
    assert max(scores, key=lambda each: scores[each]) == name
    assert scores[name] > 0.5
    assert result["Toxicity"] > 0.5


def test_harmless_texts_have_low_scores_each_in_its_place(comprehend: Any):
    texts = [
        "The meeting was moved to Tuesday.",
        "You are a worthless moron.",
        "The nurse bandaged the wound.",
    ]

    results = comprehend.detect_toxic_content(
        TextSegments=[{"Text": text} for text in texts], LanguageCode="en"
    )["ResultList"]

    assert [one["Toxicity"] > 0.5 for one in results] == [False, True, False]


@pytest.mark.parametrize(
    ("texts", "language"),
    [
        (["Good morning, everybody.", "See you tomorrow.", "Yes, that's right."], "en"),
        (["Bonjour à tous.", "À demain.", "Non, pas encore."], "fr"),
    ],
)
def test_what_is_said_every_day_is_harmless(comprehend: Any, texts: list[str], language: str):
    results = comprehend.detect_toxic_content(
        TextSegments=[{"Text": text} for text in texts], LanguageCode=language
    )["ResultList"]

    assert [one["Toxicity"] < 0.5 for one in results] == [True, True, True]


def test_segments_have_limits(comprehend: Any):
    ask = comprehend.detect_toxic_content

    many = error_of(ask, TextSegments=[{"Text": "a"}] * 11, LanguageCode="en")
    long = error_of(ask, TextSegments=[{"Text": "é" * 501}], LanguageCode="en")
    blank = error_of(ask, TextSegments=[{"Text": " "}], LanguageCode="en")
    strange = error_of(ask, TextSegments=[{"Text": "Hola"}], LanguageCode="es")

    assert many["Code"] == "InvalidRequestException"
    assert long == {
        "Code": "TextSizeLimitExceededException",
        "Message": "Input text size exceeds limit. Max length of request text allowed is 1000"
        " bytes while in this request the text size is 1002 bytes",
    }
    assert blank["Code"] == "InvalidRequestException"
    assert strange == {
        "Code": "UnsupportedLanguageException",
        "Message": "No model on this server judges toxicity in the language es.",
    }
