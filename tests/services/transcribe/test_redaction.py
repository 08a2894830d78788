"""Redaction of transcripts: what is taken out, what is told of it, and where it lies."""

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from tests.recordings import DICTATED_ENGLISH, DICTATED_FRENCH, as_format
from tests.services.direct import error_of
from tests.services.transcribe.conftest import Jobs, fetched
from tests.small_weights import small_weights

REDACTED = {"RedactionType": "PII", "RedactionOutput": "redacted"}
BOTH = {"RedactionType": "PII", "RedactionOutput": "redacted_and_unredacted"}


@pytest.fixture(scope="module", autouse=True)
def language_weights() -> None:
    small_weights()


def kinds(items: Sequence[Any]) -> list[str]:
    """Return the types of what was redacted, in order."""
    found = [item["alternatives"][0].get("redactions", []) for item in items]
    return [one["type"] for redactions in found for one in redactions]


def test_what_was_dictated_in_english_is_taken_out(jobs: Jobs):
    job = jobs.run(
        DICTATED_ENGLISH,
        name="call",
        LanguageCode="en-US",
        ContentRedaction=REDACTED,
        Subtitles={"Formats": ["srt"]},
    )

    assert job["ContentRedaction"] == REDACTED
    assert job["Transcript"].keys() == {"RedactedTranscriptFileUri"}
    document = fetched(job["Transcript"]["RedactedTranscriptFileUri"])
    assert document["isRedacted"] is True
    results = document["results"]
    assert results["transcripts"][0]["transcript"] == (
        "Hello, my name is [PII]. My phone number is [PII]. My card number is [PII]. You can write"
        " to [PII]. Please send the parcel on [PII]."
    )
    assert kinds(results["items"]) == ["NAME", "PHONE", "CREDIT_DEBIT_NUMBER", "EMAIL", "DATE_TIME"]
    (name,) = (item for item in results["items"] if kinds([item]) == ["NAME"])
    assert 1.2 < float(name["start_time"]) < 1.7
    assert 2.0 < float(name["end_time"]) < 2.6
    (alternative,) = name["alternatives"]
    (redaction,) = alternative["redactions"]
    assert alternative == {"content": "[PII]", "redactions": [redaction]}
    assert redaction["category"] == "PII"
    assert 0.5 < float(redaction["confidence"]) <= 1.0
    subtitles = httpx.get(job["Subtitles"]["SubtitleFileUris"][0]).text
    assert "Johnson" not in subtitles
    assert "My phone number is [PII]." in subtitles


def test_both_transcripts_lie_side_by_side(jobs: Jobs):
    job = jobs.run(
        as_format(DICTATED_FRENCH, "wav", "-t", "2.6"),
        name="appel",
        LanguageCode="fr-FR",
        ContentRedaction=BOTH,
        OutputBucketName=jobs.bucket,
        OutputKey="texts/",
        Settings={"ShowAlternatives": True, "MaxAlternatives": 2},
    )

    places = {name: uri.partition(jobs.bucket)[2] for name, uri in job["Transcript"].items()}
    assert places == {
        "TranscriptFileUri": "/texts/appel.json",
        "RedactedTranscriptFileUri": "/texts/redacted-appel.json",
    }
    whole, told = (
        json.load(jobs.s3.get_object(Bucket=jobs.bucket, Key=key)["Body"])
        for key in ("texts/appel.json", "texts/redacted-appel.json")
    )
    assert (whole["isRedacted"], told["isRedacted"]) == (False, True)
    text = whole["results"]["transcripts"][0]["transcript"]
    assert text.startswith("Bonjour, je m'appelle Claire Martin")
    assert told["results"]["transcripts"][0]["transcript"].startswith("Bonjour, je m'appelle [PII]")
    assert kinds(told["results"]["items"]) == ["NAME"]
    assert "Martin" not in json.dumps(told)
    assert "Martin" in json.dumps(whole["results"]["segments"])


def test_only_the_types_that_are_asked_for_are_taken_out(jobs: Jobs):
    job = jobs.run(
        as_format(DICTATED_ENGLISH, "wav", "-t", "8"),
        LanguageCode="en-GB",
        ContentRedaction={**REDACTED, "PiiEntityTypes": ["PHONE", "SSN"]},
    )

    results = fetched(job["Transcript"]["RedactedTranscriptFileUri"])["results"]
    assert results["transcripts"][0]["transcript"] == (
        "Hello, my name is Mary Johnson. My phone number is [PII]."
    )


def test_a_redacted_transcript_goes_with_its_job(jobs: Jobs):
    short = as_format(DICTATED_ENGLISH, "wav", "-t", "2.5")
    job = jobs.run(short, name="gone", LanguageCode="en-US", ContentRedaction=BOTH)

    jobs.transcribe.delete_transcription_job(TranscriptionJobName="gone")

    assert [httpx.get(uri).status_code for uri in job["Transcript"].values()] == [404, 404]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"IdentifyLanguage": True},
            "You can't use content redaction with language identification. Specify a LanguageCode"
            " and try your request again.",
        ),
        (
            {"LanguageCode": "es-US"},
            "Content redaction isn't available for es-US: the models on this server know names in"
            " en and fr.",
        ),
    ],
    ids=["identified", "Spanish"],
)
def test_what_cannot_be_redacted_is_refused(jobs: Jobs, request_: dict[str, Any], message: str):
    error = error_of(jobs.start, content=DICTATED_ENGLISH, ContentRedaction=REDACTED, **request_)

    assert error == {"Code": "BadRequestException", "Message": message}
