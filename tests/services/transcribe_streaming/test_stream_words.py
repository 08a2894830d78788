"""Words of a stream that are made likelier, filtered or taken out."""

from typing import Any

import pytest

from outcrop import LocalServer
from tests.recordings import (
    CALL,
    DICTATED_ENGLISH,
    DICTATED_FRENCH,
    ENGLISH,
    as_format,
    pcm_of,
)
from tests.services.transcribe_streaming.streams import ENGLISH_PCM, SECOND, streaming, text_of

pytestmark = pytest.mark.anyio


@pytest.mark.slow
async def test_a_vocabulary_changes_what_is_told(
    server: LocalServer, account: str, client: Any
) -> None:
    client("transcribe").create_vocabulary(
        VocabularyName="names", LanguageCode="en-US", Phrases=["Pieter"]
    )
    query = {**ENGLISH_PCM, "vocabulary-name": "names"}
    sound = as_format(CALL, "s16le", "-t", "4.9", "-af", "pan=mono|c0=c0", "-ar", "16000")

    async with streaming(server, account, query) as stream:
        results = await stream.finals(sound)

    assert "Pieter Brown" in " ".join(map(text_of, results))


@pytest.mark.parametrize(
    ("method", "told", "matches"),
    [
        ("mask", "*** ***. The", 2),
        pytest.param("remove", "The", 0, marks=pytest.mark.slow),
        pytest.param("tag", "Good morning. The", 2, marks=pytest.mark.slow),
    ],
)
async def test_filtered_words_are_masked_removed_or_tagged(
    server: LocalServer, account: str, client: Any, method: str, told: str, matches: int
) -> None:
    client("transcribe").create_vocabulary_filter(
        VocabularyFilterName="hours", LanguageCode="en-US", Words=["good morning"]
    )
    query = {
        **ENGLISH_PCM,
        "vocabulary-filter-name": "hours",
        "vocabulary-filter-method": method,
    }

    async with streaming(server, account, query) as stream:
        (result,) = await stream.finals(pcm_of(ENGLISH)[: 2 * SECOND])

    assert text_of(result).startswith(told)
    items = result["Alternatives"][0]["Items"]
    assert sum(item["VocabularyFilterMatch"] for item in items) == matches


async def test_personal_data_are_taken_out_before_anything_is_told(
    server: LocalServer, account: str
) -> None:
    query = {
        **ENGLISH_PCM,
        "content-redaction-type": "PII",
        "pii-entity-types": "NAME, PHONE",
    }

    async with streaming(server, account, query) as stream:
        await stream.say(pcm_of(DICTATED_ENGLISH)[: 8 * SECOND])
        await stream.finish()
        results = await stream.rest()

    assert [(text_of(result).rstrip("."), result["IsPartial"]) for result in results] == [
        ("Hello, my name is [NAME]", False),
        ("My phone number is [PHONE]", False),
    ]
    name, phone = (result["Alternatives"][0]["Entities"][0] for result in results)
    assert 0.5 < name.pop("Confidence") <= 1
    assert 1.2 < name["StartTime"] < 1.7
    assert 2.0 < name["EndTime"] < 2.6
    assert name == {
        "StartTime": name["StartTime"],
        "EndTime": name["EndTime"],
        "Category": "PII",
        "Type": "NAME",
        "Content": "[NAME]",
    }
    assert phone["Type"] == "PHONE"
    items = results[0]["Alternatives"][0]["Items"]
    (tag,) = (item for item in items if item["Content"] == "[NAME]")
    assert "Confidence" not in tag


async def test_personal_data_are_named_in_french(server: LocalServer, account: str) -> None:
    query = {**ENGLISH_PCM, "language-code": "fr-FR", "content-identification-type": "PII"}

    async with streaming(server, account, query) as stream:
        (result,) = await stream.finals(pcm_of(DICTATED_FRENCH)[: int(2.6 * SECOND)])

    (alternative,) = result["Alternatives"]
    assert alternative["Transcript"].startswith("Bonjour, je m'appelle Claire Martin")
    told = [(entity["Type"], entity["Content"]) for entity in alternative["Entities"]]
    assert told == [("NAME", "Claire Martin")]
