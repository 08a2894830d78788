"""A job whose server is killed, and the news of its end."""

import json
import queue
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3

from outcrop import LocalServer
from tests.services.textract.test_jobs import at, ended, lines, tiff
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


def client(server: LocalServer, service: Any) -> Any:
    return boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


def test_a_job_goes_on_after_its_server_was_killed(tmp_path: Path):
    small_weights()
    with webhook() as (url, arrived):
        settings = {"OUTCROP_EVENTS_WEBHOOK_URL": url}
        first = LocalServer(tmp_path, settings=settings)
        with first.running():
            client(first, "s3").create_bucket(Bucket="documents")
            client(first, "s3").put_object(Bucket="documents", Key="a.tiff", Body=tiff(*SHEETS))
            job = client(first, "textract").start_document_text_detection(
                DocumentLocation=at("documents", "a.tiff"),
                NotificationChannel={"SNSTopicArn": TOPIC, "RoleArn": ROLE},
                OutputConfig={"S3Bucket": "documents", "S3Prefix": "out"},
                JobTag="scan",
            )["JobId"]
            first.kill()

        with LocalServer(tmp_path, settings=settings).running() as second:
            answer = ended(client(second, "textract").get_document_text_detection, job)
            news = arrived.get(timeout=30)
            listed = client(second, "s3").list_objects_v2(Bucket="documents", Prefix="out/")

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
