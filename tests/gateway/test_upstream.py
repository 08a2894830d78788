"""Requests of services that are not here go to the configured upstream as they are."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import ClientError

from outcrop import LocalServer
from outcrop.gateway.settings import UpstreamSettings
from outcrop.gateway.upstream import AWS, Upstream

boto3_client: Any = boto3.client


class Emulator(BaseHTTPRequestHandler):
    """Answers every request as SQS would answer ListQueues, and remembers it."""

    seen: list[tuple[str, str, dict[str, str], bytes]] = []  # noqa: RUF012 - the server's memory

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append((self.command, self.path, dict(self.headers), content))
        body = b'{"QueueUrls": ["http://queue"]}'
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(body)))
        self.send_header("x-amzn-requestid", "from-upstream")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
        """Stay silent."""


@pytest.fixture
def emulator() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Emulator) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        Emulator.seen.clear()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def client(server: LocalServer, service: str) -> Any:
    return boto3_client(
        service,
        endpoint_url=server.url,
        region_name="eu-west-3",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_an_unserved_service_is_answered_by_the_upstream(emulator: str, tmp_path: Path) -> None:
    with LocalServer(tmp_path, settings={"OUTCROP_UPSTREAM_URL": emulator}).running() as server:
        answer = client(server, "sqs").list_queues(QueueNamePrefix="q")
        own = client(server, "sts").get_caller_identity()

    assert answer["QueueUrls"] == ["http://queue"]
    assert answer["ResponseMetadata"]["RequestId"] == "from-upstream"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["date"].count("GMT") == 1
    [(method, path, headers, body)] = Emulator.seen
    assert (method, path, body) == ("POST", "/", b'{"QueueNamePrefix": "q"}')
    assert headers["x-amz-target"] == "AmazonSQS.ListQueues"
    assert "Credential=AKIDEXAMPLE/" in headers["authorization"]
    assert own["Account"] == "123456789012"


def test_an_upstream_out_of_reach_is_a_clear_error(tmp_path: Path) -> None:
    settings = {"OUTCROP_UPSTREAM_URL": "http://127.0.0.1:9"}
    with (
        LocalServer(tmp_path, settings=settings).running() as server,
        pytest.raises(ClientError) as caught,
    ):
        client(server, "sqs").list_queues()

    assert caught.value.response["Error"] == {
        "Code": "ServiceUnavailable",
        "Message": "The configured upstream does not answer.",
    }


@pytest.mark.parametrize(
    ("service", "region", "origin", "scope"),
    [
        ("sqs", "eu-west-3", "https://sqs.eu-west-3.amazonaws.com", "eu-west-3/sqs"),
        ("lambda", "cn-north-1", "https://lambda.cn-north-1.amazonaws.com.cn", "cn-north-1/lambda"),
        (
            "stepfunctions",
            "us-east-1",
            "https://states.us-east-1.amazonaws.com",
            "us-east-1/states",
        ),
        # Global: AWS takes signatures for one region alone, wherever they come from.
        ("route53", "eu-west-3", "https://route53.amazonaws.com", "us-east-1/route53"),
        ("ce", "eu-west-3", "https://ce.us-east-1.amazonaws.com", "us-east-1/ce"),
    ],
)
def test_requests_for_aws_are_signed_anew_for_where_it_has_the_service(
    service: str, region: str, origin: str, scope: str
) -> None:
    upstream = Upstream(UpstreamSettings(url=AWS, access_key_id="AKIDOURS", secret_access_key="s"))
    of_the_caller = {"authorization": "the caller's", "x-amz-security-token": "the caller's"}

    address = upstream._aws(service, region)
    signed = upstream._signed(AWSRequest("GET", f"{origin}/", of_the_caller, b""), address)

    assert address.origin == origin
    [authorization] = [v for name, v in signed.items() if name.lower() == "authorization"]
    key, _, told = authorization.split("Credential=")[1].split(",")[0].split("/", 2)
    assert (key, told) == ("AKIDOURS", f"{scope}/aws4_request")
    assert "the caller's" not in signed.values()


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("sqs", "list_queues"),
        ("lambda", "list_functions"),  # By its path alone this would be an object of S3.
        ("sns", "list_topics"),
    ],
)
def test_without_an_upstream_an_unserved_service_says_so(
    server: LocalServer, service: str, operation: str
) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(client(server, service), operation)()

    assert caught.value.response["Error"]["Message"] == f"Outcrop does not answer {service} yet."
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
