"""Faults on purpose: by configuration, and by header where that is allowed."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ResponseStreamingError

from outcrop import LocalServer
from outcrop.aws.http import Body, HttpRequest
from outcrop.gateway.faults import Faults
from outcrop.gateway.identify import Identity
from outcrop.gateway.settings import FaultRule, FaultSettings

boto3_client: Any = boto3.client

SETTINGS = """
[faults]
header = true
rules = [
    { kind = "error", operation = "GetSessionToken", error = "RegionDisabledException" },
    { kind = "throttle", service = "iam", operation = "List*" },
    { kind = "delay", operation = "GetFederationToken", delay_ms = 300 },
    { kind = "cut", service = "s3", operation = "GetBucketLocation", cut_after = 0 },
]
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    folder = tmp_path_factory.mktemp("faulty")
    file = folder / "outcrop.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    with LocalServer(folder / "data", settings={"OUTCROP_CONFIG": str(file)}).running() as server:
        yield server


@pytest.fixture
def call(faulty: LocalServer) -> Callable[..., Any]:
    def make(service: str, fault: str = "") -> Any:
        made = boto3_client(
            service,
            endpoint_url=faulty.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        if fault:
            made.meta.events.register(
                "before-send",
                lambda request, **_: request.headers.__setitem__("x-outcrop-fault", fault),
            )
        return made

    return make


def error_of(act: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        act()
    response: Any = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_rule_gives_the_error_that_it_names(call: Callable[..., Any]) -> None:
    assert error_of(call("sts").get_session_token) == ("RegionDisabledException", 403)


def test_a_rule_throttles_the_operations_of_its_pattern_alone(call: Callable[..., Any]) -> None:
    assert error_of(call("iam").list_roles) == ("Throttling", 400)
    assert error_of(lambda: call("iam").get_role(RoleName="none"))[0] == "NoSuchEntity"


def test_a_rule_delays(call: Callable[..., Any]) -> None:
    started = time.perf_counter()
    call("sts").get_federation_token(Name="Ada")

    assert time.perf_counter() - started >= 0.3


def test_a_rule_cuts_answers_off(call: Callable[..., Any]) -> None:
    s3 = call("s3")
    s3.create_bucket(Bucket="cut-off-by-a-rule")

    with pytest.raises(httpx.TransportError):
        httpx.get(
            s3.generate_presigned_url("get_bucket_location", Params={"Bucket": "cut-off-by-a-rule"})
        )


def test_a_header_asks_for_an_error_of_its_own(call: Callable[..., Any]) -> None:
    failing = call("sts", "error=IDPCommunicationError")

    assert error_of(failing.get_caller_identity) == ("IDPCommunicationError", 400)


def test_a_header_asks_for_a_delay(call: Callable[..., Any]) -> None:
    started = time.perf_counter()
    call("sts", "delay=300").get_caller_identity()

    assert time.perf_counter() - started >= 0.3


def test_a_header_cuts_a_stream_off(call: Callable[..., Any]) -> None:
    s3 = call("s3")
    s3.create_bucket(Bucket="cut-off")
    s3.put_object(Bucket="cut-off", Key="k", Body=b"x" * (3 << 20))

    answer = call("s3", "cut=1").get_object(Bucket="cut-off", Key="k", Range="bytes=0-2999999")

    with pytest.raises(ResponseStreamingError):
        answer["Body"].read()


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        pytest.param(3 << 20, "cut=1", id="a file that is sent as it lies"),
        pytest.param(100, "cut=0", id="a body from a record"),
    ],
)
def test_a_header_cuts_a_whole_download_off(
    call: Callable[..., Any], size: int, fault: str
) -> None:
    bucket = f"cut-off-{size}"
    s3 = call("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x" * size)

    answer = call("s3", fault).get_object(Bucket=bucket, Key="k")

    with pytest.raises(ResponseStreamingError):
        answer["Body"].read()


def test_what_ends_before_the_cut_is_whole(call: Callable[..., Any]) -> None:
    s3 = call("s3")
    s3.create_bucket(Bucket="not-cut-off")
    s3.put_object(Bucket="not-cut-off", Key="k", Body=b"meow")

    answer = call("s3", "cut=1").get_object(Bucket="not-cut-off", Key="k")

    assert answer["Body"].read() == b"meow"


def test_an_unknown_fault_is_refused(call: Callable[..., Any]) -> None:
    assert error_of(call("sts", "explode").get_caller_identity)[0] == "ValidationError"


def test_without_leave_the_header_does_nothing(server: LocalServer) -> None:
    answer = httpx.post(
        server.url,
        data={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
        headers={"x-outcrop-fault": "throttle"},
    )

    assert answer.status_code == 200


def test_probability_falls_the_same_way_with_the_same_seed() -> None:
    rule = FaultRule(kind="throttle", probability=0.5)
    request = HttpRequest(method="POST", raw_path="/", body=Body.of(b""))

    def fall() -> list[int]:
        faults = Faults(FaultSettings(rules=(rule,), seed=7))
        return [len(faults.of(Identity("sts", "X"), request)) for _ in range(40)]

    assert fall() == fall()
    assert 0 < sum(fall()) < 40
