"""Jobs that wait for one another, and whose server is killed while they work."""

import time
from pathlib import Path
from typing import Any

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.recordings import CALL, as_format, silence
from tests.services.transcribe.conftest import Jobs
from tests.small_weights import small_weights

DEFERRED = {
    "AllowDeferredExecution": True,
    "DataAccessRoleArn": "arn:aws:iam::123456789012:role/transcribe",
}


def wait_until(transcribe: Any, name: str, *states: str) -> Any:
    """Return a job once it is in one of some states."""
    while True:
        answer = transcribe.get_transcription_job(TranscriptionJobName=name)
        job = answer["TranscriptionJob"]
        if job["TranscriptionJobStatus"] in states:
            return job
        time.sleep(0.05)


def test_two_jobs_work_at_a_time_and_the_others_are_queued(jobs: Jobs):
    names = [
        jobs.start(silence(1), LanguageCode="en-US", JobExecutionSettings=DEFERRED)
        for _ in range(5)
    ]

    at_work: list[int] = []
    while True:
        listed = jobs.transcribe.list_transcription_jobs()["TranscriptionJobSummaries"]
        states = [one["TranscriptionJobStatus"] for one in listed]
        at_work.append(states.count("IN_PROGRESS"))
        if states == ["COMPLETED"] * len(names):
            break
        time.sleep(0.02)

    assert max(at_work) <= 2


def test_jobs_whose_server_is_killed_are_done_after_the_next_start(tmp_path: Path):
    small_weights()
    server = LocalServer(tmp_path)
    with server.running():
        s3, transcribe = client_of(server, "s3"), client_of(server, "transcribe")
        s3.create_bucket(Bucket="calls")
        s3.put_object(Bucket="calls", Key="in/call.ogg", Body=CALL.read_bytes())
        short = as_format(CALL, "wav", "-t", "7.2")
        s3.put_object(Bucket="calls", Key="in/short.wav", Body=short)
        transcribe.start_transcription_job(
            TranscriptionJobName="text",
            LanguageCode="en-US",
            Media={"MediaFileUri": "s3://calls/in/call.ogg"},
            OutputBucketName="calls",
            OutputKey="out/",
            Subtitles={"Formats": ["srt"]},
            JobExecutionSettings=DEFERRED,
        )
        transcribe.start_call_analytics_job(
            CallAnalyticsJobName="call",
            Media={"MediaFileUri": "s3://calls/in/short.wav"},
            OutputLocation="s3://calls/out",
            Settings={"LanguageOptions": ["en-US", "fr-FR"]},
        )
        wait_until(transcribe, "text", "IN_PROGRESS", "COMPLETED")

        server.kill()
        server.start()

        transcribe = client_of(server, "transcribe")
        job = wait_until(transcribe, "text", "COMPLETED", "FAILED")
        assert job["TranscriptionJobStatus"] == "COMPLETED"
        while True:
            answer = transcribe.get_call_analytics_job(CallAnalyticsJobName="call")
            call = answer["CallAnalyticsJob"]
            if call["CallAnalyticsJobStatus"] != "IN_PROGRESS":
                break
            time.sleep(0.05)
        assert call["CallAnalyticsJobStatus"] == "COMPLETED"
        written = client_of(server, "s3").list_objects_v2(Bucket="calls", Prefix="out/")["Contents"]
        assert [item["Key"] for item in written] == [
            "out/analytics/call.json",
            "out/text.json",
            "out/text.srt",
        ]
