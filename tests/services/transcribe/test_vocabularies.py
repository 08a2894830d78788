"""Custom vocabularies and vocabulary filters: what they say, and what they do to transcripts."""

from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.recordings import CALL, ENGLISH, as_format, silence
from tests.services.direct import error_of
from tests.services.transcribe.conftest import Jobs
from tests.services.transcribe.test_transcripts import words

TABLE = (
    "Phrase\tSoundsLike\tIPA\tDisplayAs\nLos-Angeles\t\t\tLos Angeles\nquarterly\t\t\tQuarterly\n"
)


def clip(seconds: int) -> bytes:
    return as_format(ENGLISH, "wav", "-t", str(seconds), "-ar", "16000")


def test_a_vocabulary_is_ready_and_can_be_fetched(transcribe: Any):
    made = transcribe.create_vocabulary(
        VocabularyName="places", LanguageCode="en-US", Phrases=["Los-Angeles", "Andorra"]
    )

    assert made["VocabularyState"] == "READY"
    found = transcribe.get_vocabulary(VocabularyName="places")
    assert isinstance(found["LastModifiedTime"], datetime)
    assert httpx.get(found["DownloadUri"]).text == (
        "Phrase\tSoundsLike\tIPA\tDisplayAs\nLos-Angeles\t\t\t\nAndorra\t\t\t\n"
    )


def test_cells_of_a_table_behind_its_last_column_do_not_count(jobs: Jobs):
    """The table of AWS's own example of vocabularies has such a cell, and short rows."""
    table = "Phrase\tIPA\tSoundsLike\tDisplayAs\ntum\nhe-chortled\t\t\t\the chortled\n"

    made = jobs.transcribe.create_vocabulary(
        VocabularyName="poem",
        LanguageCode="en-US",
        VocabularyFileUri=jobs.upload(table.encode(), "t"),
    )

    assert made["VocabularyState"] == "READY"
    found = jobs.transcribe.get_vocabulary(VocabularyName="poem")
    assert httpx.get(found["DownloadUri"]).text.splitlines()[1:] == [
        "tum\t\t\t",
        "he-chortled\t\t\t",
    ]


UNFIT = (
    "The vocabulary that you\u2019re trying to create contains invalid characters or incorrectly"
    " formatted terms. See the developer guide for more information. "
)
HEAD = "Phrase\tSoundsLike\tIPA\tDisplayAs\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "The vocabulary file is empty."),
        (HEAD, "The vocabulary has no phrases."),
        (
            "Los Angeles\n",
            f"{UNFIT}The phrase 'Los Angeles' has spaces: separate its words with hyphens.",
        ),
        (f"{HEAD}a\t\t\tb\n".replace("IPA", "Colour"), f"{UNFIT}The table has no column IPA."),
        (
            f"{HEAD}a\t\t\tb\n".replace("As\n", "As\tColour\n"),
            f"{UNFIT}The table has an unknown column Colour.",
        ),
        (f"{HEAD}a\n\n\t\t\tb\n", f"{UNFIT}Line 4 has no phrase."),
        ("a\r\nb\r\n", f"{UNFIT}The file must be in LF format: its lines end with CR."),
        ("x" * 257, f"The phrase has more than 256 characters: {'x' * 40}…"),
        ("x" * 60_000, "The size of your vocabulary file exceeds the limit of 50 KB."),
    ],
    ids=["empty", "no row", "spaces", "missing", "unknown", "phrase", "lines", "long", "large"],
)
def test_a_vocabulary_of_an_unfit_file_has_failed(jobs: Jobs, text: str, reason: str):
    uri = jobs.upload(text.encode(), "words.txt")

    made = jobs.transcribe.create_vocabulary(
        VocabularyName="words", LanguageCode="en-US", VocabularyFileUri=uri
    )

    assert (made["VocabularyState"], made["FailureReason"]) == ("FAILED", reason)


@pytest.mark.parametrize(
    ("code", "phrase", "reason"),
    [
        ("en-US", "E.C.-two", ""),
        ("en-US", "O'Neill", ""),
        ("en-US", "EC2", "The phrase 'EC2' has '2', which en-US does not allow."),
        ("en-US", "café", "The phrase 'café' has 'é', which en-US does not allow."),
        ("en-US", "-Hawn", "The phrase '-Hawn' begins with a hyphen."),
        ("fr-FR", "déjà-vu", ""),
        (
            "fr-FR",
            "de\u0301ja\u0300",
            "The phrase 'de\u0301ja\u0300' has '\u0301', which fr-FR does not allow.",
        ),
        ("fr-FR", "œuvre", "The phrase 'œuvre' has 'œ', which fr-FR does not allow."),
        ("de-DE", "Straßenbahn", ""),
        ("ru-RU", "ёлка", ""),
        ("ru-RU", "tree", "The phrase 'tree' has 't', which ru-RU does not allow."),
        ("ja-JP", "東京", ""),  # Of which no table is here.
    ],
)
def test_phrases_have_the_characters_of_their_language(
    transcribe: Any, code: str, phrase: str, reason: str
):
    made = transcribe.create_vocabulary(VocabularyName="words", LanguageCode=code, Phrases=[phrase])

    expected = ("FAILED", UNFIT + reason) if reason else ("READY", None)
    assert (made["VocabularyState"], made.get("FailureReason")) == expected


def test_the_table_of_awss_guide_is_ready(jobs: Jobs):
    """Which has a space behind a phrase."""
    rows = (
        "Los-Angeles\t\tl ɔ s æ n ʤ ə l ə s\tLos Angeles\nEva-Maria \tay-va-ma-ree-ah\t\t\n"
        "A.B.C.-s\tay-bee-sees\t\tABCs\nAmazon-dot-com\t\t\tAmazon.com\n"
        "C.L.I.\t\ts i ɛ l ai\tCLI\nDynamo-D.B.\t\t\tDynamoDB\n"
    )

    made = jobs.transcribe.create_vocabulary(
        VocabularyName="guide",
        LanguageCode="en-US",
        VocabularyFileUri=jobs.upload(f"{HEAD}{rows}".encode(), "guide.txt"),
    )

    assert made["VocabularyState"] == "READY"


def test_words_of_a_vocabulary_are_written_as_it_displays_them(jobs: Jobs):
    uri = jobs.upload(TABLE.encode(), "table.txt")
    jobs.transcribe.create_vocabulary(
        VocabularyName="words", LanguageCode="en-US", VocabularyFileUri=uri
    )

    results = jobs.transcribed(clip(5), LanguageCode="en-US", Settings={"VocabularyName": "words"})[
        "results"
    ]

    assert "Quarterly" in words(results["items"])


def test_a_vocabulary_changes_what_is_written_down(jobs: Jobs):
    jobs.transcribe.create_vocabulary(
        VocabularyName="names", LanguageCode="en-US", Phrases=["Pieter"]
    )
    sound = as_format(CALL, "wav", "-t", "4.9", "-af", "pan=mono|c0=c0")

    plain = jobs.transcribed(sound, LanguageCode="en-US")
    told = jobs.transcribed(sound, LanguageCode="en-US", Settings={"VocabularyName": "names"})

    assert [words(one["results"]["items"])[-2:] for one in (plain, told)] == [
        ["Peter", "Brown"],
        ["Pieter", "Brown"],
    ]


@pytest.mark.parametrize(
    ("method", "text", "matches"),
    [("mask", "Good ***", 1), ("remove", "Good", 0), ("tag", "Good morning", 1)],
)
def test_filtered_words_are_masked_removed_or_tagged(
    jobs: Jobs, method: str, text: str, matches: int
):
    jobs.transcribe.create_vocabulary_filter(
        VocabularyFilterName="hours", LanguageCode="en-US", Words=["MORNING"]
    )

    results = jobs.transcribed(
        clip(2),
        LanguageCode="en-US",
        Settings={"VocabularyFilterName": "hours", "VocabularyFilterMethod": method},
    )["results"]

    assert results["transcripts"][0]["transcript"].startswith(text)
    assert sum("vocabularyFilterMatch" in item for item in results["items"]) == matches


def test_a_filter_of_another_language_has_no_effect(jobs: Jobs):
    jobs.transcribe.create_vocabulary_filter(
        VocabularyFilterName="hours", LanguageCode="fr-FR", Words=["morning"]
    )

    results = jobs.transcribed(
        clip(2),
        LanguageCode="en-US",
        Settings={"VocabularyFilterName": "hours", "VocabularyFilterMethod": "mask"},
    )["results"]

    assert "morning" in words(results["items"])


def test_vocabularies_are_listed_changed_and_deleted(transcribe: Any):
    for name in ("one", "two"):
        transcribe.create_vocabulary(VocabularyName=name, LanguageCode="en-US", Phrases=["Andorra"])
    transcribe.update_vocabulary(VocabularyName="one", LanguageCode="fr-FR", Phrases=["Paris"])
    transcribe.delete_vocabulary(VocabularyName="two")

    (left,) = transcribe.list_vocabularies(StateEquals="READY")["Vocabularies"]
    assert (left["VocabularyName"], left["LanguageCode"]) == ("one", "fr-FR")
    assert error_of(transcribe.delete_vocabulary, VocabularyName="two") == {
        "Code": "NotFoundException",
        "Message": "The requested vocabulary couldn't be found. Check the vocabulary name and try"
        " your request again.",
    }


def test_filters_are_listed_changed_and_deleted(transcribe: Any):
    for name in ("one", "two"):
        transcribe.create_vocabulary_filter(
            VocabularyFilterName=name, LanguageCode="en-US", Words=["word"]
        )
    transcribe.update_vocabulary_filter(VocabularyFilterName="one", Words=["other", "words"])
    transcribe.delete_vocabulary_filter(VocabularyFilterName="two")

    (left,) = transcribe.list_vocabulary_filters(NameContains="ON")["VocabularyFilters"]
    assert left["VocabularyFilterName"] == "one"
    found = transcribe.get_vocabulary_filter(VocabularyFilterName="one")
    assert httpx.get(found["DownloadUri"]).text == "other\nwords\n"


def test_all_resources_carry_tags(jobs: Jobs, account: str):
    transcribe, tag = jobs.transcribe, {"Key": "team", "Value": "blue"}
    transcribe.create_vocabulary(
        VocabularyName="it", LanguageCode="en-US", Phrases=["a"], Tags=[tag]
    )
    transcribe.create_vocabulary_filter(
        VocabularyFilterName="it", LanguageCode="en-US", Words=["a"], Tags=[tag]
    )
    jobs.run(silence(0.5), name="it", LanguageCode="en-US", Tags=[tag])

    for kind in ("vocabulary", "vocabulary-filter", "transcription-job"):
        arn = f"arn:aws:transcribe:us-east-1:{account}:{kind}/it"
        transcribe.tag_resource(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "1"}])
        transcribe.untag_resource(ResourceArn=arn, TagKeys=["team"])
        assert transcribe.list_tags_for_resource(ResourceArn=arn)["Tags"] == [
            {"Key": "cost", "Value": "1"}
        ]
