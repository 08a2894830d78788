"""Speech as a stream: what is told of it, and when."""

from itertools import pairwise
from typing import Any

import pytest

from outcrop import LocalServer
from tests.recordings import (
    DIALOGUE,
    ENGLISH,
    FRENCH,
    as_format,
    pcm_of,
)
from tests.services.transcribe_streaming.streams import ENGLISH_PCM, SECOND, streaming, text_of

pytestmark = pytest.mark.anyio


async def test_each_sentence_is_told_after_its_pause(server: LocalServer, account: str) -> None:
    async with streaming(server, account) as stream:
        results = await stream.finals(pcm_of(DIALOGUE))

    assert [text_of(result) for result in results][:2] == [
        "Hello, I would like to book a table for two people.",
        "Certainly, what time would you like to come?",
    ]
    assert len({result["ResultId"] for result in results}) == 4
    second = results[1]
    assert 3.8 < second["StartTime"] < 4.4
    assert 6.2 < second["EndTime"] < 6.8
    first_item = second["Alternatives"][0]["Items"][0]
    assert first_item.pop("Confidence") > 0.5
    assert first_item == {
        "StartTime": second["StartTime"],
        "EndTime": first_item["EndTime"],
        "Type": "pronunciation",
        "Content": "Certainly",
        "VocabularyFilterMatch": False,
    }


async def test_what_is_being_said_grows_and_stable_words_stay(
    server: LocalServer, account: str
) -> None:
    sound = pcm_of(ENGLISH)
    query = {**ENGLISH_PCM, "enable-partial-results-stabilization": "true"}

    async with streaming(server, account, query) as stream:
        partials: list[Any] = []
        for second in range(1, 7):
            await stream.say(sound[(second - 1) * SECOND : second * SECOND])
            partials.append(await stream.answer())
        await stream.say(sound[6 * SECOND :])
        await stream.finish()
        results = [*partials, *await stream.rest()]

    assert all(result["IsPartial"] for result in partials)
    assert len({result["ResultId"] for result in partials}) == 1
    ends = [result["EndTime"] for result in partials]
    assert ends == sorted(ends)
    stable = [
        [item["Content"] for item in result["Alternatives"][0]["Items"] if item["Stable"]]
        for result in results
        if result["ResultId"] == partials[0]["ResultId"]
    ]
    assert len(stable[5]) > 3
    for before, after in pairwise(stable):
        assert after[: len(before)] == before
    assert not results[-1]["IsPartial"]


@pytest.mark.slow
async def test_with_low_stability_words_are_stable_later(server: LocalServer, account: str) -> None:
    sound = pcm_of(ENGLISH)
    query = {
        **ENGLISH_PCM,
        "enable-partial-results-stabilization": "true",
        "partial-results-stability": "low",
    }

    async with streaming(server, account, query) as stream:
        partials: list[Any] = []
        for second in range(1, 7):
            await stream.say(sound[(second - 1) * SECOND : second * SECOND])
            partials.append(await stream.answer())
        await stream.finish()
        last = (await stream.rest())[-1]

    stable = [
        sum(item["Stable"] for item in result["Alternatives"][0]["Items"]) for result in partials
    ]
    assert stable[:3] == [0, 0, 0]
    assert stable[-1] > 0
    assert all(item["Stable"] for item in last["Alternatives"][0]["Items"])


async def test_the_language_is_found_among_the_options(server: LocalServer, account: str) -> None:
    query = {
        "identify-language": "true",
        "language-options": "en-US,fr-FR",
        "media-encoding": "pcm",
        "sample-rate": "8000",
    }

    async with streaming(server, account, query) as stream:
        results = await stream.finals(as_format(FRENCH, "s16le", "-ac", "1", "-ar", "8000"))

    assert {result["LanguageCode"] for result in results} == {"fr-FR"}
    for result in results:
        likeliest, other = result["LanguageIdentification"]
        assert (likeliest["LanguageCode"], other["LanguageCode"]) == ("fr-FR", "en-US")
        assert likeliest["Score"] > 0.5
        assert likeliest["Score"] + other["Score"] == pytest.approx(1.0, abs=0.001)
    assert "musée du Louvre" in " ".join(map(text_of, results))


@pytest.mark.parametrize("preferred", ["en-US", "fr-FR"])
async def test_the_preferred_language_counts_where_too_little_is_said(
    server: LocalServer, account: str, preferred: str
) -> None:
    query = {
        "identify-language": "true",
        "language-options": "en-US,fr-FR",
        "preferred-language": preferred,
        "media-encoding": "pcm",
        "sample-rate": "16000",
    }

    async with streaming(server, account, query) as stream:
        results = await stream.finals(pcm_of(ENGLISH)[: int(0.8 * SECOND)])

    assert [result["LanguageCode"] for result in results] == [preferred]
    assert "LanguageIdentification" not in results[0]


@pytest.mark.slow
async def test_several_languages_are_told_result_by_result(
    server: LocalServer, account: str
) -> None:
    query = {
        "identify-multiple-languages": "true",
        "language-options": "en-US,fr-FR",
        "media-encoding": "pcm",
        "sample-rate": "16000",
    }
    sound = pcm_of(ENGLISH)[: 4 * SECOND] + bytes(SECOND) + pcm_of(FRENCH)

    async with streaming(server, account, query) as stream:
        results = await stream.finals(sound)

    codes = [result["LanguageCode"] for result in results]
    assert (codes[0], codes[-1]) == ("en-US", "fr-FR")
    assert codes == sorted(codes)


async def test_silence_tells_nothing(server: LocalServer, account: str) -> None:
    async with streaming(server, account) as stream:
        assert await stream.finals(bytes(3 * SECOND)) == []
