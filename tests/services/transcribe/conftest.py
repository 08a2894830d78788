"""Clients of Transcribe and S3, a bucket, and weights that listen."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.recordings import speech_weights


@pytest.fixture(scope="session", autouse=True)
def weights() -> None:
    speech_weights()


@pytest.fixture
def transcribe(client: Callable[..., Any]) -> Any:
    return client("transcribe")


class Jobs:
    """Starts jobs and waits for their ends."""

    def __init__(self, transcribe: Any, s3: Any, bucket: str) -> None:
        self.transcribe = transcribe
        self.s3 = s3
        self.bucket = bucket
        self._count = 0

    def upload(self, content: bytes | Path, key: str = "media") -> str:
        """Put a file into the bucket and return its URI."""
        body = content.read_bytes() if isinstance(content, Path) else content
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        return f"s3://{self.bucket}/{key}"

    def start(self, content: bytes | Path, **request: Any) -> str:
        """Start a job on a file and return its name."""
        self._count += 1
        name = str(request.pop("name", f"job-{self._count}"))
        self.transcribe.start_transcription_job(
            TranscriptionJobName=name, Media={"MediaFileUri": self.upload(content, name)}, **request
        )
        return name

    def ended(self, name: str) -> Any:
        """Return a job once it has ended."""
        while True:
            answer = self.transcribe.get_transcription_job(TranscriptionJobName=name)
            job = answer["TranscriptionJob"]
            if job["TranscriptionJobStatus"] in ("COMPLETED", "FAILED"):
                return job
            time.sleep(0.05)

    def run(self, content: bytes | Path, **request: Any) -> Any:
        """Return a job that was started on a file, once it has ended."""
        return self.ended(self.start(content, **request))

    def transcribed(self, content: bytes | Path, **request: Any) -> Any:
        """Return the transcript of a file, as everybody may fetch it for a while."""
        job = self.run(content, **request)
        assert job["TranscriptionJobStatus"] == "COMPLETED", job
        return fetched(job["Transcript"]["TranscriptFileUri"])


def fetched(url: str) -> Any:
    """Return a JSON document by a plain GET."""
    return httpx.get(url).raise_for_status().json()


@pytest.fixture
def jobs(transcribe: Any, s3: Any, bucket: str) -> Jobs:
    return Jobs(transcribe, s3, bucket)
