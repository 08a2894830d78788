"""Jobs of all AI services at once, whose server is killed in their midst and started again."""

import io
import json
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config

from outcrop import LocalServer
from outcrop.engines.media.ffmpeg import executable
from tests import speech_weights as speaking
from tests.conftest import CHAT_MODEL
from tests.own_clients import client_of
from tests.recordings import ENGLISH, as_format, speech_weights
from tests.services.textract.test_jobs import tiff
from tests.small_weights import small_weights
from tests.vision_weights import vision_weights

BUCKET = "work"
ROLE = "arn:aws:iam::123456789012:role/worker"
WAITING = ("SUBMITTED", "QUEUED", "scheduled")
ENDED = ("COMPLETED", "SUCCEEDED", "FAILED", "completed", "failed", "COMPLETED_WITH_ERROR")
LONGEST_SECONDS = 600


@dataclass(frozen=True)
class Sizes:
    """How much work the jobs are."""

    sentences: int
    documents: int
    pages: int
    film_seconds: int


def film(seconds: int) -> bytes:
    """Return a film of a test pattern."""
    source = f"testsrc=duration={seconds}:size=320x240:rate=4"
    made = ("-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "-")
    command = [executable(), "-loglevel", "error", "-f", "lavfi", "-i", source, *made]
    return subprocess.run(command, check=True, capture_output=True).stdout


class Work:
    """One job of each service: begins them, tells their states, and checks what they write."""

    def __init__(self, server: LocalServer, sizes: Sizes) -> None:
        self._sizes = sizes
        self._ids: dict[str, str] = {}
        self._clients = {
            service: client_of(server, service, config=Config(read_timeout=300))
            for service in ("s3", *SERVICES)
        }

    def begin(self) -> None:
        """Put the inputs into a bucket and start all jobs."""
        sizes, s3 = self._sizes, self._clients["s3"]
        s3.create_bucket(Bucket=BUCKET)
        inputs = {
            "speech.wav": as_format(ENGLISH, "wav"),
            "film.mp4": film(sizes.film_seconds),
            "scan.tiff": tiff(*(f"Sheet number {at + 1}" for at in range(sizes.pages))),
            "lines.txt": b"Marie Curie lived in Paris.\n" * sizes.sentences,
            **{f"letters/{at}.txt": b"It costs 25 euros." for at in range(sizes.documents)},
        }
        for key, body in inputs.items():
            s3.put_object(Bucket=BUCKET, Key=f"in/{key}", Body=body)
        for service in SERVICES:
            self._ids[service] = getattr(self, f"_begin_{service}")(self._clients[service])

    def states(self) -> dict[str, str]:
        """Return the state of each job."""
        return {
            service: getattr(self, f"_state_of_{service}")(self._clients[service], job)
            for service, job in self._ids.items()
        }

    def written(self) -> dict[str, bytes]:
        """Return what lies in the output folder."""
        s3 = self._clients["s3"]
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {
            key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            for key in keys
            if not key.startswith("in/")
        }

    def expected(self) -> dict[str, Callable[[bytes], object]]:
        """Return which objects are there in the end, and what fails on one that is not whole."""
        ids, numbers = self._ids, range(self._sizes.documents)
        scans = f"out/scans/{ids['textract']}"
        letters = f"out/letters/123456789012-TranslateText-{ids['translate']}"
        entities = f"out/123456789012-NER-{ids['comprehend']}/output/output.tar.gz"
        return {
            f"{scans}/.s3_access_check": _is_empty,
            f"{scans}/1": self._has_all_pages,
            "out/speech.json": _has_the_words,
            f"out/said.{ids['polly']}.mp3": _can_be_heard,
            entities: self._has_all_lines,
            f"{letters}/details/fr.auxiliary-translation-details.json": json.loads,
            **{f"{letters}/fr.{at}.txt": _costs_25 for at in numbers},
        }

    def _begin_transcribe(self, client: Any) -> str:
        client.start_transcription_job(
            TranscriptionJobName="speech",
            LanguageCode="en-US",
            Media={"MediaFileUri": f"s3://{BUCKET}/in/speech.wav"},
            OutputBucketName=BUCKET,
            OutputKey="out/speech.json",
        )
        return "speech"

    def _begin_translate(self, client: Any) -> str:
        return client.start_text_translation_job(
            InputDataConfig={"S3Uri": f"s3://{BUCKET}/in/letters/", "ContentType": "text/plain"},
            OutputDataConfig={"S3Uri": f"s3://{BUCKET}/out/letters/"},
            DataAccessRoleArn=ROLE,
            SourceLanguageCode="en",
            TargetLanguageCodes=["fr"],
        )["JobId"]

    def _begin_rekognition(self, client: Any) -> str:
        video = {"S3Object": {"Bucket": BUCKET, "Name": "in/film.mp4"}}
        return client.start_label_detection(Video=video, MinConfidence=1.0)["JobId"]

    def _begin_textract(self, client: Any) -> str:
        return client.start_document_text_detection(
            DocumentLocation={"S3Object": {"Bucket": BUCKET, "Name": "in/scan.tiff"}},
            OutputConfig={"S3Bucket": BUCKET, "S3Prefix": "out/scans"},
        )["JobId"]

    def _begin_comprehend(self, client: Any) -> str:
        return client.start_entities_detection_job(
            LanguageCode="en",
            InputDataConfig={
                "S3Uri": f"s3://{BUCKET}/in/lines.txt",
                "InputFormat": "ONE_DOC_PER_LINE",
            },
            OutputDataConfig={"S3Uri": f"s3://{BUCKET}/out"},
            DataAccessRoleArn=ROLE,
        )["JobId"]

    def _begin_polly(self, client: Any) -> str:
        return client.start_speech_synthesis_task(
            Text="Good evening to you all. " * self._sizes.documents,
            VoiceId="Brian",
            OutputFormat="mp3",
            OutputS3BucketName=BUCKET,
            OutputS3KeyPrefix="out/said",
        )["SynthesisTask"]["TaskId"]

    def _state_of_transcribe(self, client: Any, job: str) -> str:
        told = client.get_transcription_job(TranscriptionJobName=job)
        return told["TranscriptionJob"]["TranscriptionJobStatus"]

    def _state_of_translate(self, client: Any, job: str) -> str:
        told = client.describe_text_translation_job(JobId=job)
        return told["TextTranslationJobProperties"]["JobStatus"]

    def _state_of_rekognition(self, client: Any, job: str) -> str:
        return client.get_label_detection(JobId=job)["JobStatus"]

    def _state_of_textract(self, client: Any, job: str) -> str:
        return client.get_document_text_detection(JobId=job)["JobStatus"]

    def _state_of_comprehend(self, client: Any, job: str) -> str:
        told = client.describe_entities_detection_job(JobId=job)
        return told["EntitiesDetectionJobProperties"]["JobStatus"]

    def _state_of_polly(self, client: Any, job: str) -> str:
        return client.get_speech_synthesis_task(TaskId=job)["SynthesisTask"]["TaskStatus"]

    def _has_all_pages(self, body: bytes) -> None:
        blocks = json.loads(body)["Blocks"]
        lines = [(one["Page"], one["Text"]) for one in blocks if one["BlockType"] == "LINE"]
        assert lines == [(at, f"Sheet number {at}") for at in range(1, self._sizes.pages + 1)]

    def _has_all_lines(self, body: bytes) -> None:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
            member = archive.extractfile("output")
            assert member is not None
            lines = [json.loads(line)["Line"] for line in member]
        assert lines == list(range(self._sizes.sentences))


SERVICES = ("transcribe", "translate", "rekognition", "textract", "comprehend", "polly")


def _is_empty(body: bytes) -> None:
    assert body == b""


def _has_the_words(body: bytes) -> None:
    said = json.loads(body)["results"]["transcripts"][0]["transcript"]
    assert said.startswith("Good morning. The quarterly report shows")
    assert "tomorrow afternoon" in said


def _can_be_heard(body: bytes) -> None:
    command = [executable(), "-v", "error", "-xerror", "-f", "mp3", "-i", "-", "-f", "null", "-"]
    subprocess.run(command, input=body, check=True)


def _costs_25(body: bytes) -> None:
    assert b"25" in body


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalServer]:
    for pull in (small_weights, vision_weights, speech_weights, speaking.speech_weights):
        pull()
    server = LocalServer(tmp_path / "data", settings={"OUTCROP_CHAT_MODEL": CHAT_MODEL})
    with server.running():
        yield server


def wait(work: Work, is_enough: Callable[[Mapping[str, str]], bool]) -> Mapping[str, str]:
    """Return the states once they are as they should be; what is written is whole all the time."""
    expected = work.expected()
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_enough(states := work.states()):
        for key, body in work.written().items():
            expected[key](body)
        assert time.monotonic() < deadline, states
        time.sleep(0.3)
    return states


def all_begun(states: Mapping[str, str]) -> bool:
    return not set(states.values()).intersection(WAITING)


def all_ended(states: Mapping[str, str]) -> bool:
    return set(states.values()).issubset(ENDED)


def check_results(work: Work) -> None:
    states = wait(work, all_ended)
    assert states == {
        "transcribe": "COMPLETED",
        "translate": "COMPLETED",
        "rekognition": "SUCCEEDED",
        "textract": "SUCCEEDED",
        "comprehend": "COMPLETED",
        "polly": "completed",
    }
    written, expected = work.written(), work.expected()
    assert sorted(written) == sorted(expected)
    for key, body in written.items():
        expected[key](body)


def test_all_jobs_go_on_after_their_server_was_killed(server: LocalServer):
    work = Work(server, Sizes(sentences=20, documents=2, pages=2, film_seconds=2))
    work.begin()
    wait(work, all_begun)

    server.kill()
    server.start()

    check_results(work)


@pytest.mark.slow
def test_all_jobs_survive_many_deaths_of_their_server(server: LocalServer):
    work = Work(server, Sizes(sentences=4_000, documents=6, pages=12, film_seconds=20))
    work.begin()

    for seconds in (0.3, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0):
        time.sleep(seconds)  # Moments to die at; nothing is waited for.
        server.kill()
        server.start()

    check_results(work)
