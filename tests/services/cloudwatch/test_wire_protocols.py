"""The same metrics over each of the three wire protocols that clients speak."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import cbor2
import httpx
import pytest

from outcrop import LocalServer

SCOPE = "20261122/us-east-1/monitoring/aws4_request"


@pytest.fixture
def http(server: LocalServer, account: str) -> Iterator[httpx.Client]:
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={account}/{SCOPE}, SignedHeaders=host, Signature=0"
    )
    headers = {"Authorization": authorization}
    with httpx.Client(base_url=server.url, headers=headers) as open_client:
        yield open_client


def metrics(cloudwatch: Any) -> list[str]:
    return [metric["MetricName"] for metric in cloudwatch.list_metrics()["Metrics"]]


def test_the_query_protocol(http: httpx.Client, cloudwatch: Any) -> None:
    response = http.post(
        "/",
        data={
            "Action": "PutMetricData",
            "Version": "2010-08-01",
            "Namespace": "N",
            "MetricData.member.1.MetricName": "by-query",
            "MetricData.member.1.Value": "1.5",
        },
    )
    listed = http.post("/", data={"Action": "ListMetrics", "Version": "2010-08-01"})

    assert response.status_code == 200
    assert metrics(cloudwatch) == ["by-query"]
    assert "<MetricName>by-query</MetricName>" in listed.text


def test_the_cbor_protocol(http: httpx.Client, cloudwatch: Any, minute: datetime) -> None:
    body = cbor2.dumps(
        {
            "Namespace": "N",
            "MetricData": [
                {
                    "MetricName": "by-cbor",
                    "Value": 1.5,
                    "Timestamp": cbor2.CBORTag(1, minute.timestamp()),
                }
            ],
        }
    )
    headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    path = "/service/GraniteServiceVersion20100801/operation"

    response = http.post(f"{path}/PutMetricData", content=body, headers=headers)
    listed = http.post(f"{path}/ListMetrics", content=cbor2.dumps({}), headers=headers)

    assert response.status_code == 200
    assert metrics(cloudwatch) == ["by-cbor"]
    assert cbor2.loads(listed.content)["Metrics"][0]["MetricName"] == "by-cbor"


def test_the_json_protocol(http: httpx.Client, cloudwatch: Any) -> None:
    response = http.post(
        "/",
        json={"Namespace": "N", "MetricData": [{"MetricName": "by-json", "Value": 1}]},
        headers={
            "X-Amz-Target": "GraniteServiceVersion20100801.PutMetricData",
            "Content-Type": "application/x-amz-json-1.0",
        },
    )

    assert response.status_code == 200
    assert metrics(cloudwatch) == ["by-json"]
