"""What comes of invocations: streams, errors, refusals, metrics and captured data."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from tests.services.sagemaker.endpoint_account import EndpointAccount

CAPRICIOUS = """
import json, time
def model_fn(folder):
    return None
def transform_fn(model, content, content_type, accept):
    wish = json.loads(content)
    if wish == "stream":
        return pieces(3)
    if wish == "break off":
        return pieces(2, breaks=True)
    if wish == "fail":
        raise RuntimeError("out of luck")
    if wish == "slow":
        time.sleep(4)
    return json.dumps(wish), "application/json"
def pieces(count, breaks=False):
    for number in range(count):
        yield f"piece {number};"
        time.sleep(0.05)
    if breaks:
        raise RuntimeError("no more")
"""


def test_an_answer_streams_as_the_model_speaks(endpoints: EndpointAccount) -> None:
    endpoints.deploy("talker", CAPRICIOUS)

    def streamed(wish: str) -> list[bytes]:
        answer = endpoints.runtime.invoke_endpoint_with_response_stream(
            EndpointName="talker", ContentType="application/json", Body=json.dumps(wish)
        )
        assert answer["InvokedProductionVariant"] == "AllTraffic"
        with closing(answer["Body"]) as events:
            return [event["PayloadPart"]["Bytes"] for event in events]

    assert streamed("stream") == [b"piece 0;", b"piece 1;", b"piece 2;"]
    assert streamed("whole") == [b'"whole"']
    with pytest.raises(EventStreamError, match="ModelStreamError"):
        streamed("break off")
    with pytest.raises(ClientError, match="out of luck"):
        streamed("fail")
    whole = endpoints.runtime.invoke_endpoint(EndpointName="talker", Body=b'"stream"')
    assert whole["Body"].read() == b"piece 0;piece 1;piece 2;"


def test_an_error_of_the_model_is_told_with_its_log(endpoints: EndpointAccount) -> None:
    endpoints.deploy("failing", CAPRICIOUS)
    with pytest.raises(endpoints.runtime.exceptions.ModelError) as caught:
        endpoints.ask("failing", "fail")

    told = caught.value.response
    assert told["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert told["OriginalStatusCode"] == 500
    assert told["OriginalMessage"].startswith("out of luck\nTraceback")
    group = "/aws/sagemaker/Endpoints/failing"
    assert told["Error"]["Message"].startswith(
        'Received server error (500) from primary with message "out of luck\nTraceback'
    )
    assert told["Error"]["Message"].endswith(
        "See https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1"
        f"#logEventViewer:group={group} in account {endpoints.id} for more information."
    )
    prefix = f"arn:aws:logs:us-east-1:{endpoints.id}:log-group:{group}:log-stream:"
    stream = told["LogStreamArn"].removeprefix(prefix)
    endpoints.until(lambda: "RuntimeError: out of luck" in endpoints.log("failing"))
    events = endpoints.logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    assert "RuntimeError: out of luck" in [event["message"] for event in events]


def test_more_requests_than_may_wait_are_throttled(
    client: Callable[..., Any], endpoints: EndpointAccount
) -> None:
    endpoints.deploy("busy", CAPRICIOUS)
    endpoints.runtime = client("sagemaker-runtime", config=Config(max_pool_connections=110))

    def ask(wish: str) -> str:
        try:
            return endpoints.ask("busy", wish)
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(110) as threads:
        answers = list(threads.map(ask, ["slow", *["quick"] * 109]))

    assert set(answers) == {"slow", "quick", "ThrottlingException"}
    assert answers.count("ThrottlingException") <= 9


def test_invocations_are_counted_and_captured(endpoints: EndpointAccount) -> None:
    endpoints.put_script("seen", CAPRICIOUS)
    endpoints.configure(
        "seen",
        {"ModelName": "seen"},
        DataCaptureConfig={
            "EnableCapture": True,
            "InitialSamplingPercentage": 100,
            "DestinationS3Uri": f"s3://{endpoints.bucket}/captured",
            "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
        },
    )
    endpoints.sagemaker.create_endpoint(EndpointName="seen", EndpointConfigName="seen")
    assert endpoints.wait("seen")["DataCaptureConfig"]["CaptureStatus"] == "Started"
    began = datetime.now(UTC)
    endpoints.ask("seen", [1], InferenceId="first", CustomAttributes="green")
    endpoints.runtime.invoke_endpoint(EndpointName="seen", ContentType="text/csv", Body="2")
    with pytest.raises(ClientError):
        endpoints.ask("seen", "fail")

    assert metric(endpoints, "Invocations", 3, began) == 3
    assert metric(endpoints, "Invocation5XXErrors", 3, began) == 1
    assert metric(endpoints, "Invocation4XXErrors", 3, began) == 0
    assert metric(endpoints, "InvocationsPerInstance", 3, began) == 3
    assert 0 < metric(endpoints, "ModelLatency", 3, began) < 60e6
    assert 0 < metric(endpoints, "OverheadLatency", 3, began) < 60e6

    (entry,) = endpoints.s3.list_objects_v2(Bucket=endpoints.bucket, Prefix="captured/")["Contents"]
    assert entry["Key"].startswith(f"captured/seen/AllTraffic/{began:%Y/%m/%d/}")
    assert entry["Key"].endswith(".jsonl")
    body = endpoints.s3.get_object(Bucket=endpoints.bucket, Key=entry["Key"])["Body"].read()
    first, second = [json.loads(line) for line in body.splitlines()]
    assert first["captureData"] == {
        "endpointInput": {
            "observedContentType": "application/json",
            "mode": "INPUT",
            "data": "[1]",
            "encoding": "JSON",
        },
        "endpointOutput": {
            "observedContentType": "application/json",
            "mode": "OUTPUT",
            "data": "[1]",
            "encoding": "JSON",
        },
    }
    assert first["eventVersion"] == "0"
    assert first["eventMetadata"]["inferenceId"] == "first"
    assert first["eventMetadata"]["customAttributes"] == ["green"]
    assert second["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "Mg==",
        "encoding": "BASE64",
    }


def metric(endpoints: EndpointAccount, name: str, count: int, began: datetime) -> float:
    """Return the sum of a metric, once there are so many values."""
    found: list[Any] = []

    def is_there() -> bool:
        found[:] = endpoints.cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName=name,
            Dimensions=[
                {"Name": "EndpointName", "Value": "seen"},
                {"Name": "VariantName", "Value": "AllTraffic"},
            ],
            StartTime=began - timedelta(minutes=1),
            EndTime=began + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum", "SampleCount"],
        )["Datapoints"]
        return sum(point["SampleCount"] for point in found) == count

    endpoints.until(is_there)
    return sum(point["Sum"] for point in found)
