"""Transcription jobs: what is told of them, what is refused, how they fail and go."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.recordings import ENGLISH, as_format, silence
from tests.services.direct import error_of
from tests.services.transcribe.conftest import Jobs

NO_JOB = "The requested job couldn't be found. Check the job name and try your request again."


def test_a_job_tells_what_it_was_asked_and_what_it_found(jobs: Jobs):
    job = jobs.run(
        as_format(ENGLISH, "wav", "-ar", "22050", "-t", "2"),
        name="clip",
        LanguageCode="en-GB",
        Tags=[{"Key": "team", "Value": "blue"}],
    )

    times = [job.pop(name) for name in ("CreationTime", "StartTime", "CompletionTime")]
    assert times == sorted(times)
    assert job.pop("Transcript").keys() == {"TranscriptFileUri"}
    assert job == {
        "TranscriptionJobName": "clip",
        "TranscriptionJobStatus": "COMPLETED",
        "LanguageCode": "en-GB",
        "Media": {"MediaFileUri": f"s3://{jobs.bucket}/clip"},
        "MediaFormat": "wav",
        "MediaSampleRateHertz": 22050,
        "Settings": {"ChannelIdentification": False, "ShowAlternatives": False},
        "Tags": [{"Key": "team", "Value": "blue"}],
    }


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (None, "job.json"),
        ("text.json", "text.json"),
        ("texts", "texts/job.json"),
        ("texts/", "texts/job.json"),
        ("texts/a.json", "texts/a.json"),
    ],
)
def test_a_transcript_is_written_where_the_request_says(jobs: Jobs, key: str | None, written: str):
    place = {"OutputBucketName": jobs.bucket, **({"OutputKey": key} if key else {})}

    job = jobs.run(silence(1), name="job", LanguageCode="en-US", **place)

    assert job["Transcript"]["TranscriptFileUri"].endswith(f"/{jobs.bucket}/{written}")
    document = json.load(jobs.s3.get_object(Bucket=jobs.bucket, Key=written)["Body"])
    assert document["jobName"] == "job"


def test_the_service_s_own_bucket_is_nobody_s(jobs: Jobs):
    job = jobs.run(silence(1), LanguageCode="en-US")

    url = job["Transcript"]["TranscriptFileUri"]
    assert jobs.s3.list_buckets()["Buckets"][0]["Name"] == jobs.bucket
    assert httpx.get(url.partition("?")[0]).status_code == 403


def test_a_deleted_job_takes_its_transcript_along(jobs: Jobs):
    job = jobs.run(silence(1), LanguageCode="en-US")

    jobs.transcribe.delete_transcription_job(TranscriptionJobName="job-1")

    assert httpx.get(job["Transcript"]["TranscriptFileUri"]).status_code == 404
    missing = error_of(jobs.transcribe.get_transcription_job, TranscriptionJobName="job-1")
    assert missing == {"Code": "BadRequestException", "Message": NO_JOB}


def test_a_name_is_taken_once(jobs: Jobs):
    jobs.run(silence(1), name="job", LanguageCode="en-US")

    error = error_of(jobs.start, content=silence(1), name="job", LanguageCode="en-US")

    assert error == {
        "Code": "ConflictException",
        "Message": "The requested job name already exists. Use a different job name.",
    }


def test_lists_are_filtered_and_paged_the_youngest_first(jobs: Jobs):
    for name in ("alpha", "beta", "Alphabet"):
        jobs.run(silence(0.5), name=name, LanguageCode="en-US")
    jobs.run(b"nothing", name="broken", LanguageCode="en-US")
    listing = jobs.transcribe.list_transcription_jobs

    def names(**request: Any) -> list[str]:
        summaries = listing(**request)["TranscriptionJobSummaries"]
        return [one["TranscriptionJobName"] for one in summaries]

    assert names() == ["broken", "Alphabet", "beta", "alpha"]
    assert names(JobNameContains="alpha") == ["Alphabet", "alpha"]
    assert names(Status="FAILED") == ["broken"]
    page = listing(MaxResults=3)
    assert names(MaxResults=3, NextToken=page["NextToken"]) == ["alpha"]
    assert listing(MaxResults=1)["TranscriptionJobSummaries"][0]["OutputLocationType"] == (
        "SERVICE_BUCKET"
    )


@pytest.mark.parametrize(
    ("content", "request_", "reason"),
    [
        (b"nothing at all", {}, "Unsupported media format"),
        (
            silence(1),
            {"MediaFormat": "mp3"},
            "The media format provided does not match the detected media format",
        ),
        (
            silence(1),
            {"MediaSampleRateHertz": 8000},
            "The sample rate provided does not match the detected sample rate",
        ),
        (b"RIFF\xff\xff\xff\xffWAVEfmt broken", {}, "Failed to parse audio file"),
        (silence(1)[:40], {}, "Failed to parse audio file"),
        (silence(1, rate_hz=4000), {}, "Invalid sample rate for audio file"),
    ],
    ids=["text", "other format", "other rate", "broken", "cut off", "slow"],
)
def test_a_job_says_why_it_failed(
    jobs: Jobs, content: bytes, request_: dict[str, Any], reason: str
):
    job = jobs.run(content, LanguageCode="en-US", **request_)

    assert (job["TranscriptionJobStatus"], job["FailureReason"]) == ("FAILED", reason)
    assert "Transcript" not in job


def test_no_language_is_identified_in_silence(jobs: Jobs):
    job = jobs.run(silence(2), IdentifyLanguage=True)

    assert job["FailureReason"].startswith(
        "Your audio file must have a speech segment long enough in duration to perform automatic"
        " language identification."
    )


def test_a_language_that_the_model_does_not_know_fails_the_job(jobs: Jobs):
    job = jobs.run(ENGLISH, LanguageCode="ga-IE")

    assert (job["TranscriptionJobStatus"], job["FailureReason"]) == (
        "FAILED",
        "The model knows no 'ga'.",
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {},
            "The language code is missing. Either add a language code or turn on language"
            " identification.",
        ),
        (
            {"LanguageCode": "en-US", "IdentifyLanguage": True},
            "Specify one of LanguageCode, IdentifyLanguage and IdentifyMultipleLanguages, and no"
            " other.",
        ),
        (
            {"LanguageCode": "en-US", "Settings": {"ShowAlternatives": True}},
            "If you specify ShowAlternatives or MaxAlternatives, you must specify both of them.",
        ),
        (
            {"LanguageCode": "en-US", "Settings": {"VocabularyName": "none"}},
            "The requested vocabulary couldn't be found. Check the vocabulary name and try your"
            " request again.",
        ),
        (
            {"LanguageCode": "en-US", "OutputBucketName": "nobody-s-bucket"},
            "The specified S3 bucket can't be accessed. Make sure that you have write permission"
            " and try your request again.",
        ),
        (
            {"LanguageCode": "en-US", "Media": {"MediaFileUri": "s3://nobody-s-bucket/key"}},
            "The S3 URI that you provided can't be accessed. Make sure that you have read"
            " permission and try your request again.",
        ),
    ],
    ids=["no language", "two ways", "half a pair", "vocabulary", "output", "input"],
)
def test_what_contradicts_itself_or_leads_nowhere_is_refused(
    jobs: Jobs, request_: dict[str, Any], message: str
):
    media = {"Media": {"MediaFileUri": jobs.upload(b"sound")}}

    error = error_of(
        jobs.transcribe.start_transcription_job,
        TranscriptionJobName="job",
        **{**media, **request_},
    )

    assert error == {"Code": "BadRequestException", "Message": message}


def test_an_object_that_is_not_there_is_refused(jobs: Jobs):
    error = error_of(
        jobs.transcribe.start_transcription_job,
        TranscriptionJobName="job",
        LanguageCode="en-US",
        Media={"MediaFileUri": f"s3://{jobs.bucket}/nothing"},
    )

    assert error["Message"].startswith("The URI that you provided doesn't point to an S3 object.")


def test_the_command_line_starts_a_job(jobs: Jobs, environment: Mapping[str, str]):
    uri = jobs.upload(as_format(ENGLISH, "wav"), "said.wav")

    told = subprocess.run(
        [
            *(Path(sys.executable).with_name("aws"), "transcribe", "start-transcription-job"),
            *("--transcription-job-name", "said", "--language-code", "en-US"),
            *("--media", f"MediaFileUri={uri}", "--output-bucket-name", jobs.bucket),
            *("--query", "TranscriptionJob.TranscriptionJobName", "--output", "text"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout.strip() == "said"
    assert jobs.ended("said")["TranscriptionJobStatus"] == "COMPLETED"
    document = json.load(jobs.s3.get_object(Bucket=jobs.bucket, Key="said.json")["Body"])
    said = document["results"]["transcripts"][0]["transcript"]
    assert said.startswith("Good morning. The quarterly report shows that")
