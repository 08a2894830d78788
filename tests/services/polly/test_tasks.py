"""Speech synthesis tasks: what lies in S3 when they have ended."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.polly.sounds import samples

SPEECH = {"Text": "Good evening.", "VoiceId": "Brian", "OutputFormat": "pcm"}


def ended(polly: Any, task_id: str) -> Any:
    """Wait for the end of a task."""
    for _ in range(600):
        task = polly.get_speech_synthesis_task(TaskId=task_id)["SynthesisTask"]
        if task["TaskStatus"] in ("completed", "failed"):
            return task
        time.sleep(0.2)
    raise AssertionError(f"{task_id} has not ended")


def test_a_task_writes_what_synthesize_speech_answers(
    polly: Any, client: Callable[..., Any], bucket: str
) -> None:
    started = polly.start_speech_synthesis_task(
        OutputS3BucketName=bucket, OutputS3KeyPrefix="evening/one", **SPEECH
    )["SynthesisTask"]

    task = ended(polly, started["TaskId"])

    key = f"evening/one.{task['TaskId']}.pcm"
    assert (task["TaskStatus"], task["RequestCharacters"]) == ("completed", 13)
    assert task["OutputUri"].endswith(f"/{bucket}/{key}")
    item = client("s3").get_object(Bucket=bucket, Key=key)
    assert item["ContentType"] == "audio/pcm"
    written = np.frombuffer(item["Body"].read(), "<i2") / 32768
    assert np.array_equal(written, samples(polly.synthesize_speech(**SPEECH)))


def test_a_task_writes_speech_marks(polly: Any, client: Callable[..., Any], bucket: str) -> None:
    asked = {**SPEECH, "OutputFormat": "json", "SpeechMarkTypes": ["sentence"]}
    started = polly.start_speech_synthesis_task(OutputS3BucketName=bucket, **asked)

    task = ended(polly, started["SynthesisTask"]["TaskId"])

    item = client("s3").get_object(Bucket=bucket, Key=f"{task['TaskId']}.marks")
    assert b'"value":"Good evening."' in item["Body"].read()


def test_tasks_are_listed_newest_first_page_by_page(polly: Any, bucket: str) -> None:
    made = [
        polly.start_speech_synthesis_task(OutputS3BucketName=bucket, **SPEECH)["SynthesisTask"]
        for _ in range(3)
    ]
    ids = [task["TaskId"] for task in made]
    for task_id in ids:
        ended(polly, task_id)

    first = polly.list_speech_synthesis_tasks(MaxResults=2, Status="completed")
    rest = polly.list_speech_synthesis_tasks(NextToken=first["NextToken"], Status="completed")

    listed = [task["TaskId"] for task in first["SynthesisTasks"] + rest["SynthesisTasks"]]
    assert listed == ids[::-1]
    assert "NextToken" not in rest
    assert polly.list_speech_synthesis_tasks(Status="failed")["SynthesisTasks"] == []


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"OutputS3BucketName": "there-is-no-such-bucket"}, "InvalidS3BucketException"),
        ({"Text": "a" * 100_001}, "TextLengthExceededException"),
        ({"TextType": "ssml"}, "InvalidSsmlException"),
        ({"SampleRate": "1"}, "InvalidSampleRateException"),
    ],
)
def test_unfit_tasks_are_refused_at_once(
    polly: Any, bucket: str, changed: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        polly.start_speech_synthesis_task(**{"OutputS3BucketName": bucket, **SPEECH, **changed})

    assert caught.value.response["Error"]["Code"] == code


def test_unknown_tasks_are_refused(polly: Any) -> None:
    with pytest.raises(ClientError) as caught:
        polly.get_speech_synthesis_task(TaskId="none")

    assert caught.value.response["Error"]["Code"] == "SynthesisTaskNotFoundException"


def test_a_task_outlives_the_server_that_began_it(tmp_path: Path) -> None:
    text = " ".join(f"This is sentence number {number} of a long text." for number in range(1))
    server = LocalServer(tmp_path)
    with server.running():
        s3, polly = client_of(server, "s3"), client_of(server, "polly")
        s3.create_bucket(Bucket="speeches")
        task_id = polly.start_speech_synthesis_task(
            OutputS3BucketName="speeches", Text=text, VoiceId="Joanna", OutputFormat="mp3"
        )["SynthesisTask"]["TaskId"]
        server.kill()
        server.start()
        s3, polly = client_of(server, "s3"), client_of(server, "polly")

        assert ended(polly, task_id)["TaskStatus"] == "completed"
        listed = s3.list_objects_v2(Bucket="speeches")["Contents"]
        assert [item["Key"] for item in listed] == [f"{task_id}.mp3"]
        assert listed[0]["Size"] > 8_000
