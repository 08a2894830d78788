"""What single texts and batches are told: facts of the texts, and AWS's errors."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.services.direct import error_of

ENGLISH = "Jeff Bezos founded Amazon in Seattle on July 5, 1994. It paid $2.5 million."
FRENCH = "Marie Curie est née à Varsovie. En 1903, elle a reçu 3 000 euros à Paris."


def found(entities: list[Any]) -> list[tuple[str, str]]:
    return [(one["Text"], one["Type"]) for one in entities]


def test_the_language_of_a_text_is_told_with_its_probability(comprehend: Any):
    languages = comprehend.detect_dominant_language(Text=FRENCH)["Languages"]

    assert languages[0]["LanguageCode"] == "fr"
    assert 0.9 < languages[0]["Score"] <= 1.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The quick brown fox jumps over the lazy dog.", "en"),
        ("Der schnelle braune Fuchs springt über den faulen Hund.", "de"),
        ("今日はとても天気がいいですね。", "ja"),
        ("台灣的天氣很好我們去吃飯吧。", "zh-TW"),
        ("中国的天气很好我们去吃饭吧。", "zh"),
    ],
)
def test_many_languages_are_told_apart(comprehend: Any, text: str, language: str):
    assert (
        comprehend.detect_dominant_language(Text=text)["Languages"][0]["LanguageCode"] == language
    )


def test_names_dates_and_quantities_of_an_english_text(comprehend: Any):
    entities = comprehend.detect_entities(Text=ENGLISH, LanguageCode="en")["Entities"]

    assert found(entities) == [
        ("Jeff Bezos", "PERSON"),
        ("Amazon", "ORGANIZATION"),
        ("Seattle", "LOCATION"),
        ("July 5, 1994", "DATE"),
        ("$2.5 million", "QUANTITY"),
    ]
    assert all(0 < one["Score"] <= 1 for one in entities)


def test_numbers_addresses_and_companies_are_told_whole(comprehend: Any):
    text = (  # Of AWS's own examples, which tell it so; but "123 Main St" is not always one there.
        "Hello Zhang Wei, I am John. Your AnyCompany Financial Services, LLC credit card account"
        " 1111-XXXX-1111-XXXX has a minimum payment of $24.53 that is due by July 31st. We will"
        " withdraw it from your bank account number XXXXXX1111 with the routing number XXXXX0000."
        " Write to 123 Main St, Anywhere, or to Alice at AnySpa@example.com."
    )

    entities = comprehend.detect_entities(Text=text, LanguageCode="en")["Entities"]

    assert found(entities) == [
        ("Zhang Wei", "PERSON"),
        ("John", "PERSON"),
        ("AnyCompany Financial Services, LLC", "ORGANIZATION"),
        ("1111-XXXX-1111-XXXX", "OTHER"),
        ("$24.53", "QUANTITY"),
        ("July 31st", "DATE"),
        ("XXXXXX1111", "OTHER"),
        ("XXXXX0000", "OTHER"),
        ("123 Main St, Anywhere", "LOCATION"),
        ("Alice", "PERSON"),
        ("AnySpa@example.com", "OTHER"),
    ]
    assert all(text[one["BeginOffset"] : one["EndOffset"]] == one["Text"] for one in entities)


def test_names_dates_and_quantities_of_a_french_text(comprehend: Any):
    entities = comprehend.detect_entities(Text=FRENCH, LanguageCode="fr")["Entities"]

    assert found(entities) == [
        ("Marie Curie", "PERSON"),
        ("Varsovie", "LOCATION"),
        ("1903", "DATE"),
        ("3 000 euros", "QUANTITY"),
        ("Paris", "LOCATION"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "entities", "phrases"),
    [
        (
            "fr",
            "❤️ Emmanuel Macron ❤️ est venu à Lyon ✨ avec Air France ✈️.",
            ["Emmanuel Macron", "Lyon", "Air France"],
            ["Emmanuel Macron", "Lyon", "Air France"],
        ),
        (
            "fr",
            "👨‍👩‍👧 la famille Durand 👍🏽 vit à Nice 🇫🇷",
            ["Durand", "Nice"],
            ["la famille Durand", "Nice"],
        ),
        (
            "en",
            "I met John Smith 😀 in Paris 🎉 with 🙂 Jane Doe. The new phone 📱 costs €30.",
            ["John Smith", "Paris", "Jane Doe", "€30"],
            ["John Smith", "Paris", "Jane Doe", "The new phone", "€30"],
        ),
    ],
)
def test_no_symbol_begins_or_ends_what_is_found(
    comprehend: Any, language: str, text: str, entities: list[str], phrases: list[str]
):
    names = comprehend.detect_entities(Text=text, LanguageCode=language)["Entities"]
    nouns = comprehend.detect_key_phrases(Text=text, LanguageCode=language)["KeyPhrases"]

    assert [one["Text"] for one in names] == entities
    assert [one["Text"] for one in nouns] == phrases


@pytest.mark.parametrize("gap", [" ", "\u00a0", "."])
def test_a_french_social_security_number_is_one_entity(comprehend: Any, gap: str):
    number = gap.join(("1", "84", "12", "76", "451", "089", "46"))
    text = f"Le numéro de sécurité sociale de Marie est {number}, merci."

    entities = comprehend.detect_entities(Text=text, LanguageCode="fr")["Entities"]

    assert found(entities) == [("Marie", "PERSON"), (number, "OTHER")]


def test_offsets_count_code_points(comprehend: Any):
    text = "🎉🎉 L'été, Marie Curie visite Paris 👩‍🔬."

    entities = comprehend.detect_entities(Text=text, LanguageCode="fr")["Entities"]

    assert [text[one["BeginOffset"] : one["EndOffset"]] for one in entities] == [
        one["Text"] for one in entities
    ]
    assert ("Marie Curie", "PERSON") in found(entities)


def test_words_have_parts_of_speech(comprehend: Any):
    tokens = comprehend.detect_syntax(Text="La vache dort.", LanguageCode="fr")["SyntaxTokens"]

    assert [
        (one["TokenId"], one["Text"], one["BeginOffset"], one["PartOfSpeech"]["Tag"])
        for one in tokens
    ] == [
        (1, "La", 0, "DET"),
        (2, "vache", 3, "NOUN"),
        (3, "dort", 9, "VERB"),
        (4, ".", 13, "PUNCT"),
    ]


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("It is a beautiful day.", "VERB"),  # These two as AWS's own examples have it.
        ("It is raining today in Seattle.", "AUX"),
        ("Why is she not here?", "VERB"),
        ("Is the train already leaving?", "AUX"),
    ],
)
def test_to_be_is_a_verb_where_it_helps_no_other(comprehend: Any, text: str, tag: str):
    tokens = comprehend.detect_syntax(Text=text, LanguageCode="en")["SyntaxTokens"]

    assert [one["PartOfSpeech"]["Tag"] for one in tokens if one["Text"].lower() == "is"] == [tag]


def test_key_phrases_are_noun_phrases_with_whole_names(comprehend: Any):
    text = "Emmanuel Macron a rencontré la direction d'Airbus le 12 mars 2024."

    phrases = comprehend.detect_key_phrases(Text=text, LanguageCode="fr")["KeyPhrases"]

    assert [one["Text"] for one in phrases] == [
        "Emmanuel Macron",
        "la direction",
        "Airbus",
        "12 mars 2024",
    ]


def test_names_are_key_phrases_wherever_they_stand(comprehend: Any):
    text = "Hello Zhang Wei, I am John, writing to you of $24.53 for next Saturday's trip."

    phrases = comprehend.detect_key_phrases(Text=text, LanguageCode="en")["KeyPhrases"]

    assert [one["Text"] for one in phrases] == [
        "Zhang Wei",
        "John",
        "$24.53",
        "next Saturday's trip",
    ]


def test_a_text_in_a_batch_that_is_too_long_has_an_error_of_its_own(comprehend: Any):
    answer = comprehend.batch_detect_entities(
        TextList=["Paris is large.", "é" * 2501, "Rome is old."], LanguageCode="en"
    )

    assert [(one["Index"], found(one["Entities"])) for one in answer["ResultList"]] == [
        (0, [("Paris", "LOCATION")]),
        (2, [("Rome", "LOCATION")]),
    ]
    assert answer["ErrorList"] == [
        {
            "Index": 1,
            "ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED",
            "ErrorMessage": "Input text size exceeds limit. Max length of request text allowed is"
            " 5000 bytes while in this request the text size is 5002 bytes",
        }
    ]


def test_batches_answer_each_operation(comprehend: Any):
    texts = ["Bonjour à tous.", "La belle maison est grande."]

    languages = comprehend.batch_detect_dominant_language(TextList=texts)["ResultList"]
    words = comprehend.batch_detect_syntax(TextList=texts, LanguageCode="fr")["ResultList"]
    phrases = comprehend.batch_detect_key_phrases(TextList=texts, LanguageCode="fr")["ResultList"]

    assert [one["Languages"][0]["LanguageCode"] for one in languages] == ["fr", "fr"]
    assert [len(one["SyntaxTokens"]) for one in words] == [4, 6]
    assert [one["Text"] for one in phrases[1]["KeyPhrases"]] == ["La belle maison"]


def test_more_than_25_texts_are_refused(comprehend: Any):
    refused = error_of(comprehend.batch_detect_dominant_language, TextList=["a"] * 26)

    assert refused == {
        "Code": "BatchSizeLimitExceededException",
        "Message": "Please use a smaller number of items in a single batch. Maximum batch size is"
        " 25.",
    }


@pytest.mark.parametrize(
    ("operation", "limit"),
    [
        ("detect_entities", 100_000),
        ("detect_key_phrases", 100_000),
        ("detect_pii_entities", 100_000),
        ("contains_pii_entities", 100_000),
        ("detect_syntax", 5_000),
        ("detect_sentiment", 5_000),
        ("detect_targeted_sentiment", 5_000),
    ],
)
def test_a_text_beyond_the_limit_is_refused(comprehend: Any, operation: str, limit: int):
    ask = getattr(comprehend, operation)

    assert error_of(ask, Text="x" * (limit + 1), LanguageCode="en") == {
        "Code": "TextSizeLimitExceededException",
        "Message": "Input text size exceeds limit. Max length of request text allowed is"
        f" {limit} bytes while in this request the text size is {limit + 1} bytes",
    }


def test_a_text_whose_language_is_asked_for_has_a_limit_too(comprehend: Any):
    refused = error_of(comprehend.detect_dominant_language, Text="x" * 100_001)

    assert refused["Code"] == "TextSizeLimitExceededException"


@pytest.mark.parametrize(
    "operation",
    [
        "batch_detect_entities",
        "batch_detect_key_phrases",
        "batch_detect_sentiment",
        "batch_detect_syntax",
        "batch_detect_targeted_sentiment",
    ],
)
def test_batches_have_limits(comprehend: Any, operation: str):
    ask = getattr(comprehend, operation)

    many = error_of(ask, TextList=["a"] * 26, LanguageCode="en")
    strange = error_of(ask, TextList=["Hola"], LanguageCode="es")
    unfit = ask(TextList=["x" * 5_001, " "], LanguageCode="en")

    assert many["Code"] == "BatchSizeLimitExceededException"
    assert strange["Code"] == "UnsupportedLanguageException"
    assert unfit["ResultList"] == []
    assert [(one["Index"], one["ErrorCode"]) for one in unfit["ErrorList"]] == [
        (0, "TEXT_SIZE_LIMIT_EXCEEDED"),
        (1, "INVALID_REQUEST"),
    ]


def test_a_language_without_a_model_is_refused(comprehend: Any):
    assert error_of(comprehend.detect_entities, Text="Hola", LanguageCode="es") == {
        "Code": "UnsupportedLanguageException",
        "Message": "No model on this server reads the language es.",
    }


def test_the_aws_cli_reads_texts(environment: Mapping[str, str]):
    command = [Path(sys.executable).with_name("aws"), "comprehend", "detect-entities"]

    done = subprocess.run(
        [*command, "--language-code", "fr", "--text", "Marie Curie vit à Paris."],
        env=dict(environment),
        capture_output=True,
        check=True,
    )

    assert found(json.loads(done.stdout)["Entities"]) == [
        ("Marie Curie", "PERSON"),
        ("Paris", "LOCATION"),
    ]
