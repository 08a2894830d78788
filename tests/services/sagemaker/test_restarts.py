"""A server that dies while a job runs: the next one finds the job and all of its log."""

import json
import time
import urllib.request
from pathlib import Path
from typing import Any

from outcrop import LocalServer
from tests.own_clients import client_of
from tests.services.sagemaker.endpoint_account import packed
from tests.services.sagemaker.test_training_jobs import IMAGE, JOB, LOG_GROUP, packed_script

ACCOUNT = "123456789012"
SCRIPT = """
import os, pathlib, time
for n in range(1000):
    print("line", n, flush=True)
    time.sleep(0.005)
pathlib.Path(os.environ["SM_MODEL_DIR"], "model").write_text("whole")
"""


def create(server: LocalServer, name: str, script: str, **changes: Any) -> None:
    s3 = client_of(server, "s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="source.tar.gz", Body=packed_script(script))
    client_of(server, "sagemaker").create_training_job(
        **{**JOB, **changes},
        TrainingJobName=name,
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/trainer",
        OutputDataConfig={"S3OutputPath": "s3://data/models"},
        HyperParameters={
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": json.dumps("s3://data/source.tar.gz"),
        },
    )


def printed(server: LocalServer) -> list[str]:
    logs = client_of(server, "logs")
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=LOG_GROUP)
    messages = (event["message"] for page in pages for event in page["events"])
    return [message for message in messages if message.startswith("line ")]


def test_a_job_goes_on_while_the_server_is_dead(tmp_path: Path) -> None:
    first = LocalServer(tmp_path)
    with first.running():
        create(first, "long", SCRIPT)
        wait_until(first, lambda: len(printed(first)) > 100)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        describe = client_of(second, "sagemaker").describe_training_job
        wait_until(
            second,
            lambda: describe(TrainingJobName="long")["TrainingJobStatus"] != "InProgress",
        )
        job = describe(TrainingJobName="long")

        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        whole = [f"line {n}" for n in range(1000)]
        assert printed(second) == whole
        found = client_of(second, "s3").list_objects_v2(Bucket="data", Prefix="models/")
        assert [entry["Key"] for entry in found["Contents"]] == ["models/long/output/model.tar.gz"]


def test_a_job_whose_pipe_broke_off_fails(tmp_path: Path) -> None:
    script = """
with open("/opt/ml/input/data/train_0", "rb") as pipe:
    print("line", pipe.read(1), flush=True)
    print("line end", len(pipe.read()) < 20 << 20)
"""
    algorithm = {**JOB["AlgorithmSpecification"], "TrainingInputMode": "Pipe"}
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/large"}
    channel = {"ChannelName": "train", "DataSource": {"S3DataSource": source}}
    first = LocalServer(tmp_path)
    with first.running():
        client_of(first, "s3").create_bucket(Bucket="data")
        client_of(first, "s3").put_object(Bucket="data", Key="large", Body=bytes(20 << 20))
        slow = script.replace("print(", "import time; time.sleep(2); print(")
        create(first, "piped", slow, AlgorithmSpecification=algorithm, InputDataConfig=[channel])
        wait_until(first, lambda: len(printed(first)) == 1)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        describe = client_of(second, "sagemaker").describe_training_job
        wait_until(
            second, lambda: describe(TrainingJobName="piped")["TrainingJobStatus"] != "InProgress"
        )

        assert describe(TrainingJobName="piped")["FailureReason"] == (
            "InternalServerError: What fed the job broke off when the server started anew."
        )


def test_a_transform_job_goes_on_with_the_next_server(tmp_path: Path) -> None:
    script = """
import time
def model_fn(folder): pass
def input_fn(content, content_type): return content
def predict_fn(data, model):
    time.sleep(0.1)
    return data
def output_fn(prediction, accept): return prediction, accept
"""
    rows = "".join(f"{number}\n" for number in range(12))
    first = LocalServer(tmp_path)
    with first.running():
        s3, sagemaker = client_of(first, "s3"), client_of(first, "sagemaker")
        s3.create_bucket(Bucket="data")
        for name in ("a", "b"):
            s3.put_object(Bucket="data", Key=f"in/{name}", Body=rows.encode())
        s3.put_object(Bucket="data", Key="model.tar.gz", Body=packed({"code/inference.py": script}))
        sagemaker.create_model(
            ModelName="slow",
            ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/server",
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": "s3://data/model.tar.gz"},
        )
        source = {"S3DataType": "S3Prefix", "S3Uri": "s3://data/in/"}
        sagemaker.create_transform_job(
            TransformJobName="slow",
            ModelName="slow",
            BatchStrategy="SingleRecord",
            TransformInput={
                "DataSource": {"S3DataSource": source},
                "ContentType": "text/csv",
                "SplitType": "Line",
            },
            TransformOutput={"S3OutputPath": "s3://data/out", "Accept": "text/csv"},
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        )
        wait_until(first, lambda: s3.list_objects_v2(Bucket="data", Prefix="out/")["KeyCount"] > 0)
        first.kill()

    with LocalServer(tmp_path).running() as second:
        describe = client_of(second, "sagemaker").describe_transform_job
        wait_until(
            second, lambda: describe(TransformJobName="slow")["TransformJobStatus"] != "InProgress"
        )
        job = describe(TransformJobName="slow")

        assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
        body = client_of(second, "s3").get_object(Bucket="data", Key="out/b.out")["Body"]
        assert [float(line) for line in body.read().split()] == list(range(12))
        wait_until(second, lambda: list((tmp_path / "jobs" / "files").iterdir()) == [])
        assert list((tmp_path / "jobs" / "runs").iterdir()) == []


def test_a_job_of_an_account_that_is_emptied_ends(tmp_path: Path) -> None:
    with LocalServer(tmp_path).running() as server:
        create(server, "endless", "import time; print('line 1', flush=True); time.sleep(3000)")
        wait_until(server, lambda: printed(server) == ["line 1"])
        files = tmp_path / "jobs" / "files"
        assert len(list(files.iterdir())) == 1

        asked = urllib.request.Request(f"{server.url}/_outcrop/reset", method="POST")
        urllib.request.urlopen(asked).close()
        wait_until(server, lambda: list(files.iterdir()) == [])

        assert list((tmp_path / "jobs" / "runs").iterdir()) == []


def test_what_is_left_of_a_job_that_nobody_knows_is_removed_at_start(tmp_path: Path) -> None:
    with LocalServer(tmp_path).running() as server:
        create(server, "known", "print('line 1')")
        describe = client_of(server, "sagemaker").describe_training_job
        wait_until(
            server, lambda: describe(TrainingJobName="known")["TrainingJobStatus"] == "Completed"
        )
    left = tmp_path / "jobs" / "files" / "gone"
    (left / "algo-1").mkdir(parents=True)
    with LocalServer(tmp_path).running() as server:
        wait_until(server, lambda: not left.exists())


def wait_until(server: LocalServer, is_so: Any) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        try:
            if is_so():
                return
        except client_of(server, "logs").exceptions.ResourceNotFoundException:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not come about")
