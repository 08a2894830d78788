"""TranslateText: what holds of a translation, however well the model writes."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

FRENCH = {"le", "la", "les", "de", "des", "du", "un", "une", "nous", "votre", "est", "à", "dans"}
CLI = Path(sys.executable).with_name("aws")


def words(text: str) -> list[str]:
    return text.lower().replace("\u2019", " ").replace("'", " ").replace(".", " ").split()


def refusal(translate: Any, **request: Any) -> Mapping[str, Any]:
    with pytest.raises(ClientError) as caught:
        translate.translate_text(
            **{
                "Text": "Good morning.",
                "SourceLanguageCode": "en",
                "TargetLanguageCode": "fr",
                **request,
            }
        )
    return caught.value.response


def test_a_translation_is_in_the_target_language_and_keeps_numbers(translate: Any):
    answer = translate.translate_text(
        Text="The meeting starts at 9:45 in room 312. Our new address is 17 Station Road.",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
    )

    text = answer["TranslatedText"]
    assert (answer["SourceLanguageCode"], answer["TargetLanguageCode"]) == ("en", "fr")
    assert [number in text for number in ("45", "312", "17")] == [True] * 3
    assert FRENCH & set(words(text))
    assert "starts" not in text
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-outcrop-model"]


def test_placeholders_addresses_and_line_breaks_survive(translate: Any):
    answer = translate.translate_text(
        Text="Hello {first_name},\n\nWrite to help@example.com or see https://example.com/a?b=1.",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
    )

    text = answer["TranslatedText"]
    assert [one in text for one in ("{first_name}", "\n\n", "help@example.com")] == [True] * 3
    assert "https://example.com/a?b=1" in text


def test_days_and_months_are_those_of_the_source(translate: Any):
    answer = translate.translate_text(
        Text="Please answer before Thursday, 12 March 2026.",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
    )

    text = answer["TranslatedText"].lower()
    assert [one in text for one in ("jeudi", "12", "mars", "2026")] == [True] * 4


def test_the_source_language_is_found(translate: Any):
    answer = translate.translate_text(
        Text="Le magasin ouvre à 8 heures tous les matins, sauf le dimanche.",
        SourceLanguageCode="auto",
        TargetLanguageCode="en",
    )

    assert answer["SourceLanguageCode"] == "fr"
    assert "8" in answer["TranslatedText"]
    assert "Sunday" in answer["TranslatedText"]


def test_a_text_in_the_target_language_is_given_back(translate: Any):
    answer = translate.translate_text(
        Text="Good  morning!", SourceLanguageCode="en", TargetLanguageCode="en"
    )

    assert answer["TranslatedText"] == "Good  morning!"


def test_what_is_not_to_be_translated_stays(translate: Any):
    answer = translate.translate_text(
        Text='Press the button <span translate="no">Save as draft</span> to continue.',
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
    )

    assert '<span translate="no">Save as draft</span>' in answer["TranslatedText"]


def test_profane_words_are_masked(translate: Any):
    answer = translate.translate_text(
        Text="This is bullshit.",
        SourceLanguageCode="en",
        TargetLanguageCode="en",
        Settings={"Profanity": "MASK"},
    )

    assert answer["TranslatedText"] == "This is ?$#@$."
    assert answer["AppliedSettings"] == {"Profanity": "MASK"}


def test_a_register_is_applied_where_the_answer_says_so(translate: Any):
    answers = {
        formality: translate.translate_text(
            Text="You can change your password here.",
            SourceLanguageCode="en",
            TargetLanguageCode="fr",
            Settings={"Formality": formality},
        )
        for formality in ("FORMAL", "INFORMAL")
    }

    formal, informal = (set(words(one["TranslatedText"])) for one in answers.values())
    assert answers["FORMAL"]["AppliedSettings"] == {"Formality": "FORMAL"}
    assert {"vous", "votre", "vos"} & formal
    assert "tu" in informal
    is_pure = not {"vous", "votre", "vos"} & informal
    assert ("AppliedSettings" in answers["INFORMAL"]) == is_pure


def test_brevity_is_applied_and_numbers_stay(translate: Any):
    # That the shorter of two translations is taken, the tests of the engine show: the model
    # does not write the same twice.
    brief = translate.translate_text(
        Text="We would like to inform you that our office will be closed until 4 January.",
        SourceLanguageCode="en",
        TargetLanguageCode="fr",
        Settings={"Brevity": "ON"},
    )

    assert brief["AppliedSettings"] == {"Brevity": "ON"}
    assert "4" in brief["TranslatedText"]


def test_more_bytes_than_may_be_are_refused(translate: Any):
    error = refusal(translate, Text="é" * 5001)

    assert error["Error"] == {
        "Code": "TextSizeLimitExceededException",
        "Message": "Input text size exceeds limit. Max length of request text allowed is 10000"
        " bytes while in this request the text size is 10002 bytes",
    }
    assert refusal(translate, Text="e" * 100_000)["Error"]["Code"] == error["Error"]["Code"]


@pytest.mark.parametrize(
    "pair", [("en", "cy"), ("so", "fr"), ("en", "auto"), ("en", "xx")], ids="-".join
)
def test_pairs_that_no_engine_covers_are_refused(translate: Any, pair: tuple[str, str]):
    error = refusal(translate, SourceLanguageCode=pair[0], TargetLanguageCode=pair[1])

    assert error["Error"]["Code"] == "UnsupportedLanguagePairException"
    assert (error["SourceLanguageCode"], error["TargetLanguageCode"]) == pair


def test_profane_words_of_an_unknown_language_are_refused(translate: Any):
    error = refusal(translate, TargetLanguageCode="ja", Settings={"Profanity": "MASK"})

    assert error["Error"]["Code"] == "InvalidRequestException"


def test_an_uncertain_language_is_refused(translate: Any):
    error = refusal(translate, Text="xqz 7 zzkw qq", SourceLanguageCode="auto")

    assert error["Error"]["Code"] == "DetectedLanguageLowConfidenceException"
    assert error["DetectedLanguageCode"]


def test_the_command_line_translates(environment: Mapping[str, str]):
    done = subprocess.run(
        [CLI, "translate", "translate-text", "--text", "It costs 25 euros.", "--output", "text",
         "--source-language-code", "en", "--target-language-code", "fr",
         "--query", "TranslatedText"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "25 euros" in done.stdout
