"""Toxicity of what is said: each segment is judged."""

from typing import Any

import pytest

from tests.recordings import INSULT, as_format, silence
from tests.services.direct import error_of
from tests.services.transcribe.conftest import Jobs, fetched
from tests.small_weights import small_weights

ALL = [{"ToxicityCategories": ["ALL"]}]
CATEGORIES = (
    *("graphic", "harassment_or_abuse", "hate_speech", "insult", "profanity", "sexual"),
    "violence_or_threat",
)


@pytest.fixture(scope="module", autouse=True)
def language_weights() -> None:
    small_weights()


def test_an_insult_is_told_from_thanks(jobs: Jobs):
    job = jobs.run(INSULT, LanguageCode="en-US", ToxicityDetection=ALL)
    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    (summary,) = jobs.transcribe.list_transcription_jobs()["TranscriptionJobSummaries"]

    thanks, insult = results["toxicity_detection"]
    assert job["ToxicityDetection"] == summary["ToxicityDetection"] == ALL
    assert thanks["text"].startswith("Thank you for your patience")
    assert "stupid idiot" in insult["text"]
    assert thanks["toxicity"] < 0.5 < insult["toxicity"]
    for told, segment in zip((thanks, insult), results["audio_segments"], strict=True):
        assert told.keys() == {"text", "toxicity", "categories", "start_time", "end_time"}
        assert told["text"] == segment["transcript"]
        assert told["start_time"] == float(segment["start_time"])
        assert told["end_time"] == float(segment["end_time"])
        assert sorted(told["categories"]) == sorted(CATEGORIES)
    assert max(insult["categories"], key=insult["categories"].__getitem__) == "insult"
    assert thanks["categories"]["insult"] < 0.5 < insult["categories"]["insult"]


def test_what_is_masked_is_judged_before(jobs: Jobs):
    jobs.transcribe.create_vocabulary_filter(
        VocabularyFilterName="rude", LanguageCode="en-US", Words=["stupid", "idiot"]
    )
    results = jobs.transcribed(
        INSULT,
        LanguageCode="en-US",
        ToxicityDetection=ALL,
        Settings={"VocabularyFilterName": "rude", "VocabularyFilterMethod": "mask"},
    )["results"]

    insult = results["toxicity_detection"][1]
    assert "*** ***" in insult["text"]
    assert insult["categories"]["insult"] > 0.5


def test_silence_is_not_toxic(jobs: Jobs):
    results = jobs.transcribed(silence(1), LanguageCode="en-US", ToxicityDetection=ALL)["results"]

    assert results["toxicity_detection"] == []


@pytest.mark.parametrize(
    ("language", "message"),
    [
        (
            {"LanguageCode": "de-DE"},
            "Toxicity detection isn't available for de-DE: the classifiers on this server were made"
            " for en and fr.",
        ),
        (
            {"IdentifyLanguage": True},
            "You can't use toxicity detection with language identification. Specify a LanguageCode"
            " and try your request again.",
        ),
    ],
    ids=["German", "identified"],
)
def test_languages_that_nobody_judges_are_refused(
    jobs: Jobs, language: dict[str, Any], message: str
):
    error = error_of(
        jobs.transcribe.start_transcription_job,
        TranscriptionJobName="job",
        Media={"MediaFileUri": jobs.upload(as_format(INSULT, "wav"))},
        ToxicityDetection=ALL,
        **language,
    )

    assert error == {"Code": "BadRequestException", "Message": message}
