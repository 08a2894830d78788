"""Endpoints whose requests wait in a queue, and whose answers go to S3."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_endpoint_restarts import user

SCRIPT = """
import json, time
def model_fn(folder):
    return None
def transform_fn(model, content, content_type, accept):
    wish = json.loads(content)
    if wish == "fail":
        raise RuntimeError("out of luck")
    time.sleep(wish)
    return json.dumps([wish, content_type]), "application/json"
"""


def deploy(endpoints: EndpointAccount) -> None:
    endpoints.put_script("slow", SCRIPT)
    paths = {
        "S3OutputPath": f"s3://{endpoints.bucket}/answers/",
        "S3FailurePath": f"s3://{endpoints.bucket}/failures/",
    }
    endpoints.configure("slow", {"ModelName": "slow"}, AsyncInferenceConfig={"OutputConfig": paths})
    endpoints.sagemaker.create_endpoint(EndpointName="slow", EndpointConfigName="slow")
    told = endpoints.wait("slow")
    assert told["AsyncInferenceConfig"] == {"OutputConfig": paths}


def ask(endpoints: EndpointAccount, wish: str, **more: Any) -> Any:
    endpoints.s3.put_object(
        Bucket=endpoints.bucket, Key="wish", Body=wish, ContentType="application/json"
    )
    return endpoints.runtime.invoke_endpoint_async(
        EndpointName="slow", InputLocation=f"s3://{endpoints.bucket}/wish", **more
    )


def content(endpoints: EndpointAccount, uri: str) -> bytes:
    """Return an object, as soon as it is there."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    endpoints.until(lambda: "Contents" in endpoints.s3.list_objects_v2(Bucket=bucket, Prefix=key))
    return endpoints.s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def test_answers_and_failures_go_to_s3(endpoints: EndpointAccount) -> None:
    deploy(endpoints)

    asked = ask(endpoints, "0.1", InferenceId="first")
    assert asked["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert asked["InferenceId"] == "first"
    assert asked["OutputLocation"].startswith(f"s3://{endpoints.bucket}/answers/")
    assert content(endpoints, asked["OutputLocation"]) == b'[0.1, "application/json"]'

    inline = endpoints.runtime.invoke_endpoint_async(
        EndpointName="slow",
        Body=b"0.2",
        ContentType="text/json",
        S3OutputPathExtension="deeper",
        Filename="answer.json",
    )
    place = f"s3://{endpoints.bucket}/answers/deeper/answer.json"
    assert inline["OutputLocation"] == place
    assert content(endpoints, place) == b'[0.2, "text/json"]'

    failed = ask(endpoints, '"fail"')
    assert b'(500) from primary with message "out of luck' in content(
        endpoints, failed["FailureLocation"]
    )
    with pytest.raises(ClientError, match="must be asked by InvokeEndpointAsync"):
        endpoints.ask("slow", 0)


def test_an_endpoint_that_is_not_asynchronous_refuses(endpoints: EndpointAccount) -> None:
    endpoints.deploy("quick")
    with pytest.raises(ClientError, match="Endpoint quick has no AsyncInferenceConfig"):
        endpoints.runtime.invoke_endpoint_async(EndpointName="quick", Body=b"1")


def test_requests_that_wait_are_answered_after_the_server_was_killed(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        deploy(user(first))
        asked = [ask(user(first), "0.5") for _ in range(5)]
        first.kill()

    with LocalServer(tmp_path).running() as second:
        for one in asked:
            told = content(user(second), one["OutputLocation"])
            assert told == b'[0.5, "application/json"]'
