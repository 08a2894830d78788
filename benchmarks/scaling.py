"""What a second worker adds, when autoscaling starts it: answers a second before and after.

Goal: the second instance, of one worker, raises the throughput.

The model computes for 20 ms of one processor's time. The endpoint has one instance until the alarm
on its invocations has Application Auto Scaling add another, under the same load.
"""

import argparse
import io
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
from rich.console import Console
from rich.table import Table

from benchmarks.calls import signed
from benchmarks.endpoints import IMAGE, TYPE
from benchmarks.load import Load, load
from outcrop.local import LocalServer

NAME = "busy"
CLIENTS = 4
GOAL = 1.2
"""Times as much; less would be noise."""
SERVE = b"""
import time
def model_fn(folder):
    return None
def transform_fn(model, body, content_type, accept):
    until = time.process_time() + 0.02
    while time.process_time() < until:
        pass
    return b"{}", "application/json"
"""
TARGET = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": f"endpoint/{NAME}/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
LONGEST_SECONDS = 600


def main() -> None:
    """Measure one instance, have another one added, measure both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="for each figure")
    parser.add_argument("--rounds", type=int, default=4, help="of which the best counts")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="outcrop-bench-") as folder,
        LocalServer(Path(folder)).running() as server,
    ):
        deploy(server)

        def best() -> Load:
            """Return the best of some rounds: others may use the machine, too."""
            rounds = [asked(server, arguments.seconds) for _ in range(arguments.rounds)]
            return max(rounds, key=lambda one: one.requests_per_second)

        one = best()
        began = time.monotonic()
        scale(server, arguments.seconds)
        waited = time.monotonic() - began
        two = best()
    show(one, two, waited)
    if two.requests_per_second < GOAL * one.requests_per_second or one.errors + two.errors:
        raise SystemExit(1)


def client(server: LocalServer, service: str) -> Any:
    """Return a client of the account that the load is signed by."""
    any_boto3: Any = boto3
    return any_boto3.client(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    )


def deploy(server: LocalServer) -> None:
    """Have an endpoint of one instance, with one worker, in service."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(SERVE)
        archive.addfile(entry, io.BytesIO(SERVE))
    s3, sagemaker = client(server, "s3"), client(server, "sagemaker")
    account = client(server, "sts").get_caller_identity()["Account"]
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="busy.tar.gz", Body=packed.getvalue())
    sagemaker.create_model(
        ModelName=NAME,
        ExecutionRoleArn=f"arn:aws:iam::{account}:role/server",
        PrimaryContainer={
            "Image": IMAGE,
            "ModelDataUrl": "s3://models/busy.tar.gz",
            "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
        },
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": NAME,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=NAME, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=NAME, EndpointConfigName=NAME)
    sagemaker.get_waiter("endpoint_in_service").wait(
        EndpointName=NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )


def asked(server: LocalServer, seconds: int) -> Load:
    """Ask as much as can be answered."""
    return load(
        f"{server.url}/endpoints/{NAME}/invocations",
        method="POST",
        headers={**signed("sagemaker"), **TYPE},
        body=b"{}",
        clients=CLIENTS,
        seconds=seconds,
    )


def scale(server: LocalServer, seconds: int) -> None:
    """Have an alarm add an instance, and ask until it is there."""
    scaling, sagemaker = client(server, "application-autoscaling"), client(server, "sagemaker")
    scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=2)
    policy = scaling.put_scaling_policy(
        **TARGET,
        PolicyName="more",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )
    client(server, "cloudwatch").put_metric_alarm(
        AlarmName="busy",
        Namespace="AWS/SageMaker",
        MetricName="InvocationsPerInstance",
        Dimensions=[
            {"Name": "EndpointName", "Value": NAME},
            {"Name": "VariantName", "Value": "AllTraffic"},
        ],
        Statistic="Sum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=60.0,
        EvaluationPeriods=1,
        Period=60,
        AlarmActions=[policy["PolicyARN"]],
    )
    until = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < until:
        asked(server, seconds)
        (variant,) = sagemaker.describe_endpoint(EndpointName=NAME)["ProductionVariants"]
        if variant["CurrentInstanceCount"] == 2:
            return
    raise SystemExit("no instance was added")


def show(one: Load, two: Load, waited: float) -> None:
    """Print what one instance and two instances answer."""
    ratio = two.requests_per_second / one.requests_per_second
    table = Table(
        title=f"20 ms of a processor, {CLIENTS} clients",
        caption=f"{ratio:.2f} times as much (goal: {GOAL}); added after {waited:.0f} s",
    )
    for column in ("instances", "requests/s", "p50 ms", "p99 ms", "errors"):
        table.add_column(column, justify="right")
    for count, figures in (("1", one), ("2", two)):
        table.add_row(
            count,
            f"{figures.requests_per_second:.1f}",
            f"{figures.p50_ms:.1f}",
            f"{figures.p99_ms:.1f}",
            str(figures.errors),
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
