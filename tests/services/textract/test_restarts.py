"""A job whose server is killed, and the news of its end."""

import json
import queue
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.textract.test_jobs import at, ended, lines, pdf, tiff
from tests.small_weights import small_weights

SHEETS = [f"Sheet number {number}" for number in range(1, 4)]
TOPIC = "arn:aws:sns:us-east-1:123456789012:documents"
ROLE = "arn:aws:iam::123456789012:role/textract"


@contextmanager
def webhook() -> Generator[tuple[str, "queue.Queue[tuple[str, Any]]"]]:
    arrived: queue.Queue[tuple[str, Any]] = queue.Queue()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            arrived.put((self.headers["x-outcrop-destination"], json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library names it
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", arrived
    finally:
        server.shutdown()
        server.server_close()


def test_a_job_goes_on_after_its_server_was_killed(tmp_path: Path):
    small_weights()
    with webhook() as (url, arrived):
        settings = {"OUTCROP_EVENTS_WEBHOOK_URL": url}
        first = LocalServer(tmp_path, settings=settings)
        with first.running():
            client_of(first, "s3").create_bucket(Bucket="documents")
            client_of(first, "s3").put_object(Bucket="documents", Key="a.tiff", Body=tiff(*SHEETS))
            job = client_of(first, "textract").start_document_text_detection(
                DocumentLocation=at("documents", "a.tiff"),
                NotificationChannel={"SNSTopicArn": TOPIC, "RoleArn": ROLE},
                OutputConfig={"S3Bucket": "documents", "S3Prefix": "out"},
                JobTag="scan",
            )["JobId"]
            first.kill()

        with LocalServer(tmp_path, settings=settings).running() as second:
            answer = ended(client_of(second, "textract").get_document_text_detection, job)
            news = arrived.get(timeout=30)
            listed = client_of(second, "s3").list_objects_v2(Bucket="documents", Prefix="out/")

    assert lines(answer) == list(enumerate(SHEETS, start=1))
    assert [each["Key"] for each in listed["Contents"]] == [
        f"out/{job}/.s3_access_check",
        f"out/{job}/1",
    ]
    timestamp = news[1].pop("Timestamp")
    assert timestamp > 1_700_000_000_000
    assert news == (
        TOPIC,
        {
            "JobId": job,
            "Status": "SUCCEEDED",
            "API": "StartDocumentTextDetection",
            "JobTag": "scan",
            "DocumentLocation": {"S3ObjectName": "a.tiff", "S3Bucket": "documents"},
        },
    )


def output_of(s3: Any, job: str) -> dict[str, Any]:
    """Return the files of a job's output that hold blocks, by their names."""
    listed = s3.list_objects_v2(Bucket="documents", Prefix=f"out/{job}/").get("Contents", [])
    keys = [each["Key"] for each in listed if not each["Key"].endswith(".s3_access_check")]
    return {
        key.rsplit("/", 1)[1]: json.loads(s3.get_object(Bucket="documents", Key=key)["Body"].read())
        for key in keys
    }


def test_output_that_a_kill_cut_short_is_written_whole(tmp_path: Path):
    small_weights()
    pages = [[f"page {page} line {row} of many" for row in range(34)] for page in range(40)]
    first = LocalServer(tmp_path)
    with first.running():
        s3 = client_of(first, "s3")
        s3.create_bucket(Bucket="documents")
        s3.put_object(Bucket="documents", Key="a.pdf", Body=pdf(*pages))
        job = client_of(first, "textract").start_document_text_detection(
            DocumentLocation=at("documents", "a.pdf"),
            OutputConfig={"S3Bucket": "documents", "S3Prefix": "out"},
        )["JobId"]
        deadline = time.monotonic() + 120
        while not output_of(s3, job):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        answer = ended(client_of(second, "textract").get_document_text_detection, job)
        blocks = answer["Blocks"]
        while "NextToken" in answer:
            answer = client_of(second, "textract").get_document_text_detection(
                JobId=job, NextToken=answer["NextToken"]
            )
            blocks += answer["Blocks"]
        files = output_of(client_of(second, "s3"), job)

    # Whichever files the first server wrote, all are those of the job that ended.
    assert sorted(files, key=int) == [str(number) for number in range(1, len(blocks) // 1000 + 2)]
    written = [block for name in sorted(files, key=int) for block in files[name]["Blocks"]]
    assert [block["Id"] for block in written] == [block["Id"] for block in blocks]
    assert lines({"Blocks": blocks}) == [
        (number, text) for number, page in enumerate(pages, start=1) for text in page
    ]


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lending_job_goes_on_after_its_server_was_killed(tmp_path: Path, when: str):
    small_weights()
    first = LocalServer(tmp_path)
    with first.running():
        s3 = client_of(first, "s3")
        s3.create_bucket(Bucket="documents")
        s3.put_object(Bucket="documents", Key="a.tiff", Body=tiff(*SHEETS))
        textract = client_of(first, "textract")
        job = textract.start_lending_analysis(DocumentLocation=at("documents", "a.tiff"))["JobId"]
        if when == "after":
            ended(textract.get_lending_analysis, job)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        textract = client_of(second, "textract")
        answer = ended(textract.get_lending_analysis, job)
        (group,) = textract.get_lending_analysis_summary(JobId=job)["Summary"]["DocumentGroups"]

    assert [result["Page"] for result in answer["Results"]] == [1, 2, 3]
    assert group == {
        "Type": "UNCLASSIFIED",
        "SplitDocuments": [{"Index": 1, "Pages": [1, 2, 3]}],
    }
